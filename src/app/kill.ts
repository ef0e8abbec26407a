import type { Diagnostic } from '../base/diagnostic.ts'
import { isNamed } from '../base/named-services.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireRoot } from './run-plan.ts'

/** Which services get which signal. */
export interface KillOptions {
  readonly services: readonly string[]
  /** `SIGKILL`, `KILL` or `9`. */
  readonly signal: string
}

/** The names of the containers that got the signal. */
export type KillResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** `names` are the containers that got the signal, `errors` are why others did not. */
  | {
      readonly kind: 'signalled'
      readonly names: readonly string[]
      readonly errors: readonly TcomposeError[]
    }

/** Sends a signal to the running containers of a project, or of some of its services. */
export async function kill(
  context: AppContext,
  request: ProjectRequest,
  options: KillOptions,
): Promise<KillResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { containers } = await context.engine.observe(found.name, [])
  const wanted = containers
    .filter(({ state }) => state.kind === 'running' || state.kind === 'orphaned')
    .filter(({ service }) => isNamed(options.services, service))
  // One that fails does not keep the others from being waited for.
  const outcomes = await Promise.allSettled(
    wanted.map(({ id }) => context.engine.kill(found.name, id, options.signal)),
  )
  const names = wanted.filter((_, index) => outcomes[index]?.status === 'fulfilled').map(({ name }) => name)
  return { kind: 'signalled', names, errors: outcomes.flatMap(errorOf) }
}

/** What the user cannot act on is thrown. */
function errorOf(outcome: PromiseSettledResult<void>): readonly TcomposeError[] {
  if (outcome.status === 'fulfilled') return []
  if (outcome.reason instanceof TcomposeError) return [outcome.reason]
  throw outcome.reason
}
