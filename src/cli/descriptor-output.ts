import { writeSync } from 'node:fs'
import type { WriteStream } from 'node:tty'
import type { TextOutput } from './cli-ports.ts'
import { isTerminal } from './is-terminal.ts'

/** A standard stream of this process. */
export interface DescriptorOutput extends TextOutput {
  /** Resolves once all that was written has reached the descriptor. */
  flush(): Promise<void>
}

/** What of a stream of Node is used here. */
export type OutputStream = Pick<WriteStream, 'on' | 'write'> & Partial<Pick<WriteStream, 'columns' | 'rows'>>

/**
 * Writes to `descriptor`, which is 1 or 2, without the stream that Node makes for it in 3 ms. `openStream` is called
 * only for the size of a terminal, and for a reader that is slow on a pipe that does not block: a stream waits for it.
 * A reader that has gone, as in `tcompose logs | head`, ends the program without a word.
 */
export function descriptorOutput(descriptor: number, openStream: () => OutputStream): DescriptorOutput {
  let opened: OutputStream | undefined
  const stream = (): OutputStream => {
    opened ??= openStream().on('error', leave)
    return opened
  }
  return {
    write: text => {
      if (opened !== undefined) opened.write(text)
      else {
        const rest = writeNow(descriptor, Buffer.from(text))
        if (rest.length > 0) stream().write(rest)
      }
    },
    flush: async () => {
      if (opened === undefined) return
      const { promise, resolve } = Promise.withResolvers<void>()
      opened.write('', () => resolve())
      await promise
    },
    get isTerminal() {
      return isTerminal(descriptor)
    },
    get columns() {
      return (isTerminal(descriptor) ? stream().columns : undefined) ?? 80
    },
    get rows() {
      return (isTerminal(descriptor) ? stream().rows : undefined) ?? 24
    },
  }
}

/** Returns what `descriptor` did not take: a pipe whose other end is full, and that does not block, takes no more. */
function writeNow(descriptor: number, bytes: Buffer): Buffer {
  let rest = bytes
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) leave()
  }
  return rest
}

function leave(): never {
  process.exit(0)
}
