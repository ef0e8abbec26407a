import { LaunchFailure } from '../../../runtime/keeper/keeper-error.ts'
import { launchError } from '../../../runtime/launch/launch-error.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import type { ContainerEntry } from '../state/project-record.ts'

/** A process on its way. */
export interface Launching extends Pick<LaunchRequest, 'program'> {
  readonly entry: Pick<ContainerEntry, 'spec'>
  /** Returns what to throw, where more is known than that the step failed. @default nothing more is */
  readonly explain?: (failure: LaunchFailure) => unknown
}

/**
 * Has the keeper start a container's process by `launch`; resolves when its program was executed.
 *
 * @throws {TcomposeError} `container-launch` that names what could not be done, and for which line of the file.
 */
export async function launchContainer<T>(
  { entry: { spec }, program, explain = () => undefined }: Launching,
  launch: () => Promise<T>,
): Promise<T> {
  try {
    return await launch()
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error
    throw explain(error) ?? launchError(error, program, spec.service)
  }
}
