import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { getSystemErrorMessage } from 'node:util'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { descriptorKind, ownDescriptor } from './own-descriptor.ts'
import { readAvailable } from './read-available.ts'

/** What a pipe of a process holds. */
export const PIPE_BYTES: number = 1 << 20

/** The target of a process's output, and its name in messages. */
export interface OutputTarget {
  readonly output: number | Writable
  readonly name: string
}

/** Output of a process on its way to a target. Disposal stops it. */
export interface OutputRelay extends Disposable {
  /**
   * Resolves when all that is in the pipe by now has been written. Waits for no process that still holds the pipe.
   *
   * @throws {TcomposeError} `system-call` if it could not be written for another reason than that it has no reader.
   */
  finish(): Promise<void>
}

/**
 * Copies what comes through the pipe `source`, which it owns, to `target`, a stream or a descriptor, which stays open.
 * When `target` has no reader any more the pipe is closed, so that its writers get SIGPIPE.
 */
export function relayOutput(source: number, target: OutputTarget): OutputRelay {
  const pipe = new Socket({ fd: source, readable: true, writable: false })
  const { output, name } = target
  const writer = typeof output === 'number' ? openWriter(output) : output
  let failure: Error | undefined
  pipe.on('error', () => pipe.destroy())
  const onError = (error: Error): void => {
    if (!READER_GONE.has(errnoNameOf(error) ?? '')) failure ??= error
    pipe.destroy()
  }
  writer.on('error', onError)
  pipe.pipe(writer, { end: false })
  return {
    finish: async () => {
      pipe.unpipe(writer)
      if (!pipe.destroyed) moveRest(pipe, source, writer)
      pipe.destroy()
      await flush(writer)
      if (failure !== undefined) throw writeFailure(name, failure)
    },
    [Symbol.dispose]: () => {
      pipe.destroy()
      if (typeof output === 'number') writer.destroy()
      else writer.off('error', onError)
    },
  }
}

/** Space on the caller's target is not space on the disks of tcompose. */
function writeFailure(name: string, cause: Error): TcomposeError {
  const errno = 'errno' in cause && typeof cause.errno === 'number' ? cause.errno : undefined
  const state = errno === undefined ? cause.message : getSystemErrorMessage(errno)
  return new TcomposeError('system-call', `Cannot write ${name}: ${state}`, {
    hint: 'Check where it leads, and the free space there',
    cause,
  })
}

const READER_GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])

/**
 * Nothing else reads the pipe between the last chunk of the stream and the first from the descriptor. A process that
 * was left behind and writes for ever is not followed.
 */
function moveRest(pipe: Socket, fd: number, writer: Writable): void {
  for (let chunk = pipe.read(); chunk !== null; chunk = pipe.read()) writer.write(chunk)
  for (let moved = 0; moved < PIPE_BYTES; ) {
    const chunk = readAvailable(fd)
    if (chunk.length === 0) return
    writer.write(chunk)
    moved += chunk.length
  }
}

async function flush(writer: Writable): Promise<void> {
  if (writer.destroyed) return
  const { promise, resolve } = Promise.withResolvers<void>()
  writer.write('', () => resolve())
  await promise
}

/** A pipe or socket is waited for. A file or terminal takes what it gets, at the latest when the user resumes it. */
function openWriter(target: number): Writable {
  if (descriptorKind(target) === 'stream') {
    return new Socket({ fd: ownDescriptor(target, 'write'), readable: false, writable: true })
  }
  return new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => {
      try {
        writeAll(target, chunk)
        done()
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
}

function writeAll(target: number, chunk: Buffer): void {
  for (let rest = chunk; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(target, rest))
    } catch (error) {
      if (errnoNameOf(error) !== 'EAGAIN') throw error
      pause()
    }
  }
}

const RETRY_MS = 5

/** For a terminal that another process has made non-blocking. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
}
