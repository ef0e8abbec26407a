import { readSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'

const CHUNK_BYTES = 64 * 1024

/** Reads what a descriptor that does not block has. Empty at the end, or if there is nothing at the moment. */
export function readAvailable(fd: number): Buffer {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  try {
    return chunk.subarray(0, readSync(fd, chunk))
  } catch (error) {
    if (errnoNameOf(error) === 'EAGAIN') return chunk.subarray(0, 0)
    throw error
  }
}
