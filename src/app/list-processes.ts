import { isNamed } from '../model/named-services.ts'
import type { ProcessesResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findContainers } from './containers.ts'
import type { ProjectRequest } from './project-request.ts'

/** Returns the processes of a project's running containers. */
export async function listProcesses(
  context: AppContext,
  request: ProjectRequest,
  { services }: { readonly services: readonly string[] },
): Promise<ProcessesResult> {
  const found = await findContainers(context, request)
  if (found.kind === 'invalid') return found
  const running = found.containers
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
