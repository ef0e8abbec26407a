import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import type { StreamRelay } from './stream-relay.ts'

/**
 * Launches a process on the pipes of `relay`, passes on what goes through them until it ends, and returns its wait status.
 *
 * @throws {LaunchFailure} With the index of the operation that failed.
 */
export async function runOnStreams(
  keeper: KeeperConnection,
  request: LaunchRequest,
  relay: StreamRelay,
): Promise<number> {
  await keeper.launch(request, relay.fds)
  relay.started()
  const { status } = await keeper.wait(request.id)
  await relay.finish()
  return status
}
