import { closeSync } from 'node:fs'
import { connectUnixSocket } from '../../linux/unix-socket.ts'
import { callKeeper } from './call-keeper.ts'
import { decodeFailure, keeperGone, requestError } from './keeper-error.ts'
import type { Message } from './message.ts'
import { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

/** A held socket in the hands of this process. */
export interface LentSocket {
  readonly name: string
  /** A duplicate, close-on-exec and non-blocking; the caller owns it. */
  readonly fd: number
}

/**
 * Borrows the sockets that the keeper at `socketPath` holds under names that start with `prefix`. Blocks for its
 * reply, about 0.1 ms.
 *
 * @throws {TcomposeError} `keeper` if no keeper answers.
 */
export function lendSockets(socketPath: string, prefix: string): readonly LentSocket[] {
  const connection = connectUnixSocket(socketPath)
  if (connection === undefined) throw keeperGone()
  try {
    const { messages, fds } = callKeeper(connection, {
      name: 'lend',
      socketPath,
      payload: new WireWriter().text(prefix).finish(),
    })
    const names = messages.flatMap(readNames)
    return fds.map((fd, index) => ({ name: names[index] ?? '', fd }))
  } finally {
    closeSync(connection)
  }
}

function readNames({ isFailure, payload }: Message): readonly string[] {
  if (isFailure) throw requestError(decodeFailure(payload))
  return new WireReader(payload).rows(row => row.text())
}
