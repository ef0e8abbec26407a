import { Buffer } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'

/** A run of bytes of a file on disk: a blob of its own, or a member of an archive. */
export interface FileSlice {
  readonly file: string
  readonly offset: number
  readonly size: number
}

const CHUNK_BYTES: number = 256 * 1024

/** Yields the bytes of `slice`. Stops early where the file is shorter. */
export async function* readSlice(slice: FileSlice): AsyncGenerator<Buffer> {
  const fd = openSync(slice.file, 'r')
  try {
    let left = slice.size
    while (left > 0) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, left))
      const count = readSync(fd, chunk, 0, chunk.length, slice.offset + slice.size - left)
      if (count === 0) return
      left -= count
      yield chunk.subarray(0, count)
    }
  } finally {
    closeSync(fd)
  }
}

/** Returns the bytes of `slice`, which must be small. */
export function loadSlice(slice: FileSlice): Buffer {
  const fd = openSync(slice.file, 'r')
  try {
    const bytes = Buffer.alloc(slice.size)
    let length = 0
    while (length < slice.size) {
      const count = readSync(fd, bytes, length, slice.size - length, slice.offset + length)
      if (count === 0) break
      length += count
    }
    return bytes.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}
