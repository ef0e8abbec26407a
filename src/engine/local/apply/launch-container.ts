import { LaunchFailure } from '../../../runtime/keeper/keeper-error.ts'
import { launchError } from '../../../runtime/launch/launch-error.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import type { ContainerEntry } from '../state/project-record.ts'

/**
 * Has the keeper start a container's process by `launch`; resolves when its program was executed.
 *
 * @throws {TcomposeError} `container-launch` that names what could not be done, and for which line of the file.
 */
export async function launchContainer<T>(
  { spec }: ContainerEntry,
  { program }: Pick<LaunchRequest, 'program'>,
  launch: () => Promise<T>,
): Promise<T> {
  try {
    return await launch()
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error
    throw launchError(error, program, spec.service)
  }
}
