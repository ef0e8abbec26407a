import { closeSync } from 'node:fs'
import { connectUnixSocket } from '../../linux/unix-socket.ts'
import { callKeeper } from './call-keeper.ts'
import { decodeFailure, keeperGone, requestError } from './keeper-error.ts'
import { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

/** Descriptors for the streams of a container that runs; the caller owns them. */
export interface AttachedStreams {
  /** What it writes from now on: standard output and error, or what a terminal shows. */
  readonly outputs: readonly number[]
  /** What it reads: the end of a pipe, or the master of its terminal. Undefined where it reads nothing. */
  readonly input: number | undefined
  readonly isTerminal: boolean
}

/**
 * Joins the streams of the container `id`. Blocks for the keeper's reply, about 0.1 ms.
 *
 * @throws {SystemCallError} ESRCH if it does not run, EOPNOTSUPP if its output is not kept, ENOSYS from a keeper of an earlier version.
 * @throws {TcomposeError} `keeper` if no keeper answers.
 */
export function attachStreams(socketPath: string, id: string): AttachedStreams {
  const connection = connectUnixSocket(socketPath)
  if (connection === undefined) throw keeperGone()
  try {
    const payload = new WireWriter().text(id).finish()
    const { messages, fds } = callKeeper(connection, { name: 'attach', socketPath, payload })
    const [reply] = messages
    if (reply === undefined) throw keeperGone()
    if (reply.isFailure) throw requestError(decodeFailure(reply.payload))
    const reader = new WireReader(reply.payload)
    const isTerminal = reader.u32() === 1
    const hasInput = reader.u32() === 1
    return {
      outputs: hasInput ? fds.slice(0, -1) : fds,
      input: hasInput ? fds.at(-1) : undefined,
      isTerminal,
    }
  } finally {
    closeSync(connection)
  }
}
