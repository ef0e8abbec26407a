import { closeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { SystemCallError } from '../linux/libc.ts'
import { peerOf, type ReceivedData, receiveDescriptors } from '../linux/unix-socket.ts'
import { Caller } from './caller.ts'
import { type CallHeader, type CallTexts, decodeHeader, decodeTexts, HEADER_BYTES } from './protocol.ts'

/** A caller and what it asks for. */
export interface ReceivedCall {
  readonly caller: Caller
  readonly pid: number
  readonly header: CallHeader
  /** Of a command: undefined for other calls. */
  readonly command: CommandCall | undefined
}

/** A command with the streams of who calls it. */
export interface CommandCall extends CallTexts {
  readonly umask: number
  /** Standard input, output and error: descriptors of this process, close-on-exec. */
  readonly streams: readonly [input: number, output: number, error: number]
}

/** Longer than a front needs: it sends all at once. */
const PATIENCE_MS = 200

/**
 * Reads the call of a connection of which nothing was read. Returns undefined, with the connection closed, for one of
 * another user, and for what is no call of this version.
 */
export async function receiveCall(socket: Socket): Promise<ReceivedCall | undefined> {
  const fd = descriptorOf(socket)
  const { pid, uid } = peerOf(fd)
  const { data, fds } = uid === process.geteuid?.() ? await receiveHeader(fd) : NOTHING
  const header = decodeHeader(data)
  const caller = new Caller(socket)
  const texts = header && (await caller.take(header.textBytes, AbortSignal.timeout(PATIENCE_MS)))
  const call = header && texts && callOf(header, texts, fds)
  if (call !== undefined) return { caller, pid, ...call }
  for (const stream of fds) closeSync(stream)
  caller.refuse()
  return undefined
}

const NOTHING: ReceivedData = { data: Buffer.alloc(0), fds: [] }

function callOf(
  header: CallHeader,
  bytes: Buffer,
  fds: readonly number[],
): Pick<ReceivedCall, 'header' | 'command'> | undefined {
  const { kind, umask, argumentCount } = header
  const [input, output, error, ...others] = fds
  if (kind !== 'command') return input === undefined ? { header, command: undefined } : undefined
  if (input === undefined || output === undefined || error === undefined || others.length > 0)
    return undefined
  const texts = decodeTexts(bytes, argumentCount)
  return texts && { header, command: { ...texts, umask, streams: [input, output, error] } }
}

/** The descriptors come with the first byte, and only recvmsg(2) takes them: the stream of Node would drop them. */
async function receiveHeader(fd: number): Promise<ReceivedData> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 1) {
    try {
      return receiveDescriptors(fd, HEADER_BYTES)
    } catch (error) {
      if (!(error instanceof SystemCallError && error.errno === constants.errno.EAGAIN)) return NOTHING
    }
    await delay(1)
  }
  return NOTHING
}

/** A handle of a pipe or a socket has the number of its descriptor. */
function descriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd: number } }
  return handle?.fd ?? -1
}
