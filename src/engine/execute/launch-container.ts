import { launchError } from '../container/launch-error.ts'
import type { KeeperConnection } from '../keeper/keeper-client.ts'
import { LaunchFailure } from '../keeper/keeper-error.ts'
import type { LaunchRequest } from '../keeper/launch-op.ts'
import type { ContainerEntry } from '../state/project-record.ts'

/**
 * Has the keeper start a container's process; resolves when its program was executed.
 *
 * @throws {TcomposeError} `container-launch` that names what could not be done, and for which line of the file.
 */
export async function launchContainer(
  keeper: KeeperConnection,
  { spec }: ContainerEntry,
  request: LaunchRequest,
): Promise<void> {
  try {
    await keeper.launch(request)
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error
    throw launchError(error, request.program, spec.service)
  }
}
