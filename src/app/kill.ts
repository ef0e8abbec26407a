import type { AppContext } from './app-context.ts'
import { onRunningContainers, type RunningOptions, type RunningResult } from './on-running-containers.ts'
import type { ProjectRequest } from './project-request.ts'

/** Which services get which signal. */
export interface KillOptions extends RunningOptions {
  /** `SIGKILL`, `KILL` or `9`. */
  readonly signal: string
}

/** Sends a signal to the running containers of a project, or of some of its services. */
export function kill(
  context: AppContext,
  request: ProjectRequest,
  options: KillOptions,
): Promise<RunningResult> {
  return onRunningContainers(context, { ...options, request, withOneOffs: true }, (project, { id }) =>
    context.engine.kill(project, id, options.signal),
  )
}
