import type { AppContext } from './app-context.ts'
import { onRunningContainers, type RunningOptions, type RunningResult } from './on-running-containers.ts'
import type { ProjectRequest } from './project-request.ts'

/** Freezes the processes of the running containers of a project, or of some of its services. */
export function pause(
  context: AppContext,
  request: ProjectRequest,
  options: RunningOptions,
): Promise<RunningResult> {
  return onRunningContainers(context, { withOrphans: false, ...options, request }, (project, { id }) =>
    context.engine.containers.pause(project, id),
  )
}
