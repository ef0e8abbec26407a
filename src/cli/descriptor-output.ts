import { closeSync, writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { errnoNameOf } from '../base/errno-name-of.ts'
import type { TextOutput } from './cli-ports.ts'
import { isTerminal } from './is-terminal.ts'
import { openAgain } from './stream-writer.ts'

/** A standard stream of a command. */
export interface DescriptorOutput extends TextOutput {
  /** Resolves once all that was written has reached the descriptor. */
  flush(): Promise<void>
  /** Closes what was opened for it, and not the descriptor itself. Nothing is written afterwards. */
  dispose(): void
}

/** What of a stream of Node is used here. */
export type OutputStream = Pick<Writable, 'on' | 'write' | 'destroy'> &
  Partial<Pick<WriteStream, 'columns' | 'rows'>>

/**
 * Writes to `descriptor` without the stream that Node makes for it in 3 ms. `openStream` is called
 * only for the size of a terminal, and for a reader that is slow on a pipe or a socket that does not block: a stream
 * waits for it. A pipe is opened once more, so that it does not block, and signals are heard while its reader takes
 * nothing. After a write that failed, which `failure` holds, no more is written: work that is under way continues to
 * its end.
 */
export function descriptorOutput(
  descriptor: number,
  openStream: (pipe: number | undefined) => OutputStream,
): DescriptorOutput {
  let pipe: { readonly fd: number | undefined } | undefined
  let opened: OutputStream | undefined
  let failure: unknown
  const listeners: (() => void)[] = []
  const fail = (error: unknown): void => {
    failure ??= error
    for (const listener of listeners.splice(0)) listener()
  }
  const stream = (): OutputStream => {
    opened ??= openStream(pipe?.fd).on('error', fail)
    return opened
  }
  return {
    write: text => {
      if (failure !== undefined) return
      if (opened !== undefined) opened.write(text)
      else {
        pipe ??= { fd: openAgain(descriptor) }
        const rest = writeNow(pipe.fd ?? descriptor, Buffer.from(text), fail)
        if (rest.length > 0) stream().write(rest)
      }
    },
    flush: async () => {
      if (opened === undefined || failure !== undefined) return
      const { promise, resolve } = Promise.withResolvers<void>()
      opened.write('', () => resolve())
      await promise
    },
    dispose: () => {
      if (opened !== undefined) opened.destroy()
      else if (pipe?.fd !== undefined) closeSync(pipe.fd)
      failure ??= new Error('The output is closed')
    },
    get failure() {
      return failure
    },
    whenFailed: listener => {
      if (failure === undefined) listeners.push(listener)
      else listener()
    },
    get isTerminal() {
      return isTerminal(descriptor)
    },
    get columns() {
      // A terminal that nobody has given a size has none.
      return (isTerminal(descriptor) && stream().columns) || 80
    },
    get rows() {
      return (isTerminal(descriptor) && stream().rows) || 24
    },
  }
}

/** Returns what `descriptor` did not take: a pipe whose other end is full, and that does not block, takes no more. */
function writeNow(descriptor: number, bytes: Buffer, fail: (error: unknown) => void): Buffer {
  let rest = bytes
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest))
  } catch (error) {
    if (errnoNameOf(error) === 'EAGAIN') return rest
    fail(error)
    return Buffer.alloc(0)
  }
  return rest
}
