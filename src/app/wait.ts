import type { Diagnostic } from '../base/diagnostic.ts'
import { isNamed } from '../base/named-services.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ContainerId, ProjectName } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireRoot } from './run-plan.ts'

/** Whose ends to wait for. */
export interface WaitOptions {
  readonly services: readonly string[]
  /** Hears of each end as it comes. */
  readonly onEnd: (end: ContainerEnd) => void
}

/** How the main process of a container ended. */
export interface ContainerEnd {
  readonly id: ContainerId
  readonly exitCode: number
}

/** `last` is the end that came last. */
export type WaitResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'ended'; readonly last: ContainerEnd }

/**
 * Waits until each container of the services that runs, or is about to be started again, has ended once.
 *
 * @throws {TcomposeError} `container-not-running` if there is none, `not-root`.
 */
export async function wait(
  context: AppContext,
  request: ProjectRequest,
  { services, onEnd }: WaitOptions,
): Promise<WaitResult> {
  const found = await findProject(context, request, services)
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { containers, oneOffs = [] } = await context.engine.observe(found.name, [])
  const awaited = [...containers, ...oneOffs].filter(
    container => isNamed(services, container.service) && ENDING.has(container.state.kind),
  )
  let last: ContainerEnd | undefined
  await Promise.all(
    awaited.map(async ({ id }) => {
      last = { id, exitCode: await context.engine.containers.awaitEnd(found.name, id) }
      onEnd(last)
    }),
  )
  if (last === undefined) throw nothingRuns(found.name, services)
  return { kind: 'ended', last }
}

const ENDING: ReadonlySet<ObservedContainer['state']['kind']> = new Set(['running', 'orphaned', 'restarting'])

function nothingRuns(project: ProjectName, services: readonly string[]): TcomposeError {
  return new TcomposeError(
    'container-not-running',
    `Cannot wait for ${services.join(', ')}: project ${project} has no running container of it`,
    { hint: 'Run "tcompose ps -a" to see how containers have ended' },
  )
}
