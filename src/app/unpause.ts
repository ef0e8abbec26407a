import type { AppContext } from './app-context.ts'
import { onRunningContainers, type RunningOptions, type RunningResult } from './on-running-containers.ts'
import type { ProjectRequest } from './project-request.ts'

/** Lets the processes of paused containers of a project, or of some of its services, run again. */
export function unpause(
  context: AppContext,
  request: ProjectRequest,
  options: RunningOptions,
): Promise<RunningResult> {
  return onRunningContainers(context, { withOrphans: false, ...options, request }, (project, { id }) =>
    context.engine.containers.unpause(project, id),
  )
}
