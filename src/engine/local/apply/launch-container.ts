import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { LaunchFailure } from '../../../runtime/keeper/keeper-error.ts'
import { launchError } from '../../../runtime/launch/launch-error.ts'
import type { LaunchStep } from '../../../runtime/launch/launch-op.ts'
import type { ContainerEntry } from '../state/project-record.ts'

/** A launch as it is sent, and the program in it to explain a failure. */
export interface EncodedLaunch {
  readonly encoded: Buffer
  readonly program: readonly LaunchStep[]
}

/**
 * Has the keeper start a container's process; resolves when its program was executed.
 *
 * @throws {TcomposeError} `container-launch` that names what could not be done, and for which line of the file.
 */
export async function launchContainer(
  keeper: KeeperConnection,
  { spec }: ContainerEntry,
  { encoded, program }: EncodedLaunch,
): Promise<void> {
  try {
    await keeper.launch(encoded)
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error
    throw launchError(error, program, spec.service)
  }
}
