import { closeSync } from 'node:fs'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { receiveDescriptors, sendDescriptors, setReceiveTimeout } from '../../linux/unix-socket.ts'
import { keeperGone, keeperStalled } from './keeper-error.ts'
import { decodeMessages, encodeMessage, type Message, type MessageName } from './message.ts'

/** A request without its header. */
export interface KeeperCall {
  readonly name: MessageName
  readonly payload: Uint8Array
  /** Whom it is for. */
  readonly socketPath: string
}

/** Every part of the reply, failed or not. */
export interface KeeperReply {
  /** More than one where the keeper split its reply. */
  readonly messages: readonly Message[]
  /** In the order that they came; the caller owns them. */
  readonly fds: readonly number[]
}

const REPLY_SECONDS = 30
const READ_BYTES = 64 * 1024

/**
 * Makes one request on `fd`, a fresh blocking connection, and blocks for its reply: Node's own sockets would drop the
 * descriptors that come with it.
 *
 * @throws {TcomposeError} `keeper` if the connection ends, `keeper-stalled` if no reply comes within 30 s.
 */
export function callKeeper(fd: number, { name, payload, socketPath }: KeeperCall): KeeperReply {
  setReceiveTimeout(fd, REPLY_SECONDS)
  sendAll(fd, encodeMessage(name, 1n, payload))
  const fds: number[] = []
  try {
    return { messages: receiveReply(fd, fds), fds }
  } catch (error) {
    for (const received of fds) closeSync(received)
    if (errnoNameOf(error) === 'EAGAIN') throw keeperStalled(socketPath, REPLY_SECONDS * 1000)
    throw error
  }
}

function sendAll(fd: number, message: Buffer): void {
  let at = 0
  while (at < message.length) at += sendDescriptors(fd, message.subarray(at), [])
}

function receiveReply(fd: number, fds: number[]): readonly Message[] {
  const messages: Message[] = []
  let rest: Buffer = Buffer.alloc(0)
  do {
    const received = receiveDescriptors(fd, READ_BYTES)
    fds.push(...received.fds)
    if (received.data.length === 0) throw keeperGone()
    const decoded = decodeMessages(Buffer.concat([rest, received.data]))
    messages.push(...decoded.messages)
    rest = decoded.rest
  } while (messages.at(-1)?.hasMore !== false)
  return messages
}
