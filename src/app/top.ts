import type { Diagnostic } from '../base/diagnostic.ts'
import { isNamed } from '../base/named-services.ts'
import type { ProcessTable } from '../engine/engine.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findContainers } from './find-containers.ts'
import type { ProjectRequest } from './project-request.ts'

export interface TopOptions {
  /** Empty is all. */
  readonly services: readonly string[]
}

/** The processes of running containers. */
export type TopResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'found'
      readonly containers: readonly {
        readonly container: ObservedContainer
        readonly processes: ProcessTable
      }[]
    }

/** Returns the processes of a project's running containers. */
export async function top(
  context: AppContext,
  request: ProjectRequest,
  { services }: TopOptions,
): Promise<TopResult> {
  const found = await findContainers(context, request)
  if (found.kind === 'invalid') return found
  const running = [...found.containers, ...(found.oneOffs ?? [])]
    .filter(({ state }) => state.kind === 'running' || state.kind === 'orphaned')
    .filter(({ service }) => isNamed(services, service))
  const containers = await Promise.all(
    running.map(async container => ({
      container,
      processes: await context.engine.processes(found.project, container.id),
    })),
  )
  return { kind: 'found', containers }
}
