import { write } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { writeFailure } from './write-failure.ts'

const RETRY_MS = 1

/** Takes what is written, piece by piece. */
export type WriteChunk = (chunk: Uint8Array) => Promise<void>

/** How `writeAll` writes. */
export interface WriteAllOptions {
  /** What messages call the descriptor. */
  readonly name: string
  /** Ends the wait for a reader that takes nothing. */
  readonly signal?: AbortSignal
}

/**
 * Writes all of `chunk` to `descriptor`.
 *
 * @throws {TcomposeError} `system-call` if that cannot be done.
 */
export async function writeAll(
  descriptor: number,
  chunk: Uint8Array,
  options: WriteAllOptions,
): Promise<void> {
  let written = 0
  while (written < chunk.length) written += await writeOnce(descriptor, chunk.subarray(written), options)
}

/** A pipe that does not block and is full gives EAGAIN until its reader has taken something. */
async function writeOnce(
  descriptor: number,
  chunk: Uint8Array,
  { name, signal }: WriteAllOptions,
): Promise<number> {
  for (;;) {
    try {
      return (await promisify(write)(descriptor, chunk)).bytesWritten
    } catch (error) {
      if (errnoNameOf(error) !== 'EAGAIN') throw writeFailure(name, error)
      await delay(RETRY_MS, undefined, signal && { signal })
    }
  }
}
