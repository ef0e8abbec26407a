import type { Diagnostic } from '../base/diagnostic.ts'
import { isNamed } from '../base/named-services.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { isDeclared } from './declared-services.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireRoot } from './run-plan.ts'

/** Which containers something is done with. */
export interface RunningOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  /** Say with which it would be done, and do it with none. @default false */
  readonly isDryRun?: boolean
  /** With what `run` has made too. @default false */
  readonly withOneOffs?: boolean
  /** With containers of services that the file does not declare too. @default true */
  readonly withOrphans?: boolean
}

/** How something went that was done with each running container. */
export type RunningResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** `names` are the containers that it was done with, `errors` are why it was not with others. */
  | { readonly kind: 'done'; readonly names: readonly string[]; readonly errors: readonly TcomposeError[] }

/** Does `work` with the containers of a project, or of some of its services, that have a process. */
export async function onRunningContainers(
  context: AppContext,
  {
    request,
    services,
    isDryRun = false,
    withOneOffs = false,
    withOrphans = true,
  }: RunningOptions & { readonly request: ProjectRequest },
  work: (project: ProjectName, container: ObservedContainer) => Promise<void>,
): Promise<RunningResult> {
  const found = await findProject(context, request, services)
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { containers, oneOffs = [] } = await context.engine.observe(found.name, [])
  const wanted = [...containers, ...(withOneOffs ? oneOffs : [])]
    .filter(({ state }) => state.kind === 'running' || state.kind === 'orphaned')
    .filter(({ service }) => isNamed(services, service))
    .filter(({ service }) => withOrphans || isDeclared(found.project, service))
  if (isDryRun) return { kind: 'done', names: wanted.map(({ name }) => name), errors: [] }
  // One that fails does not keep the others from being waited for.
  const outcomes = await Promise.allSettled(wanted.map(container => work(found.name, container)))
  const names = wanted.filter((_, index) => outcomes[index]?.status === 'fulfilled').map(({ name }) => name)
  return { kind: 'done', names, errors: outcomes.flatMap(errorOf) }
}

/** What the user cannot act on is thrown. */
function errorOf(outcome: PromiseSettledResult<void>): readonly TcomposeError[] {
  if (outcome.status === 'fulfilled') return []
  if (outcome.reason instanceof TcomposeError) return [outcome.reason]
  throw outcome.reason
}
