import { closeSync } from 'node:fs'
import { connectUnixSocket } from '../../linux/unix-socket.ts'
import type { LaunchRequest } from '../launch/launch-op.ts'
import { callKeeper } from './call-keeper.ts'
import { KeeperClient } from './keeper-client.ts'
import type { KeeperConnection, LaunchedProcess } from './keeper-connection.ts'
import { decodeFailure, keeperGone, LaunchFailure } from './keeper-error.ts'
import { encodeLaunchRequest } from './launch-request.ts'
import { WireReader } from './wire-reader.ts'

/** A process with a pseudoterminal for its streams. */
export interface TerminalProcess extends LaunchedProcess {
  /** The master of the pseudoterminal; the caller owns it. */
  readonly master: number
  /** Where the process was launched: it is the one to wait on, and a kill-on-hangup process dies with it. */
  readonly connection: KeeperConnection
  /** The descriptor of `connection`, which owns it. */
  readonly socket: number
}

/**
 * Launches an auxiliary process whose program holds an `open-terminal`. Blocks until it has reached its exec.
 *
 * @throws {LaunchFailure} With the index of the operation that failed.
 * @throws {TcomposeError} `keeper` if no keeper answers.
 */
export function launchTerminal(socketPath: string, request: LaunchRequest): TerminalProcess {
  const fd = connectUnixSocket(socketPath)
  if (fd === undefined) throw keeperGone()
  try {
    const launched = launchOn(fd, socketPath, request)
    return { ...launched, connection: new KeeperClient(socketPath, fd), socket: fd }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function launchOn(
  fd: number,
  socketPath: string,
  request: LaunchRequest,
): LaunchedProcess & { readonly master: number } {
  const payload = encodeLaunchRequest(request)
  const { messages, fds } = callKeeper(fd, { name: 'launch', socketPath, payload })
  const [reply] = messages
  const [master] = fds
  if (reply === undefined) throw keeperGone()
  if (reply.isFailure) throw new LaunchFailure(decodeFailure(reply.payload))
  if (master === undefined) throw new Error('Cannot launch with a terminal: its program has no open-terminal')
  const reader = new WireReader(reply.payload)
  return { pid: reader.u32(), startTime: reader.u64(), master }
}
