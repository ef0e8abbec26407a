import { constants, fstatSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import { type WriteChunk, writeAll } from './write-all.ts'
import { writeFailure } from './write-failure.ts'

const AGAIN = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY

export interface StreamWriterOptions {
  /** What messages call the descriptor. */
  readonly name: string
  /** Ends the wait for a reader that takes nothing. */
  readonly signal: AbortSignal
}

/**
 * Lets `work` write to a descriptor that the caller opened. A write to a pipe or socket whose reader takes nothing
 * would block a thread, which the end of this process would wait for, so there the event loop waits.
 *
 * @throws {TcomposeError} `system-call` if the descriptor cannot be written.
 */
export async function writeToDescriptor<T>(
  descriptor: number,
  options: StreamWriterOptions,
  work: (write: WriteChunk) => Promise<T>,
): Promise<T> {
  const again = openAgain(descriptor)
  if (again === undefined && !isSocket(descriptor)) {
    return await work(chunk => writeAll(descriptor, chunk, options))
  }
  const stream = await streamOf(again ?? descriptor)
  const stop = (): void => void stream.destroy(new Error('Interrupted'))
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    options.signal.throwIfAborted()
    return await work(chunk => writeToStream(stream, chunk, options.name))
  } finally {
    options.signal.removeEventListener('abort', stop)
    if (again === undefined) stream.unref()
    else stream.destroy()
  }
}

/**
 * Returns a descriptor of its own of the pipe that `descriptor` is, undefined if it is none or has no reader. That one
 * does not block: the flag belongs to an open file, and that of `descriptor` is shared with other programs.
 */
export function openAgain(descriptor: number): number | undefined {
  try {
    return fstatSync(descriptor).isFIFO() ? openSync(`/proc/self/fd/${descriptor}`, AGAIN) : undefined
  } catch {
    return undefined
  }
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket()
  } catch {
    return false
  }
}

async function streamOf(fd: number): Promise<Socket> {
  const net = await import('node:net')
  // Each write reports its own error.
  return new net.Socket({ fd, readable: false, writable: true }).on('error', () => {})
}

function writeToStream(stream: Socket, chunk: Uint8Array, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, error => (error ? reject(writeFailure(name, error)) : resolve()))
  })
}
