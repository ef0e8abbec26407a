import { closeSync, openSync, readSync } from 'node:fs'
import { type BytePath, nativePath } from '../../../../disk/byte-path.ts'

const CHUNK_BYTES: number = 256 * 1024

/** Yields the bytes of the file at `path`. */
export async function* readFileChunks(path: BytePath): AsyncGenerator<Buffer> {
  const fd = openSync(nativePath(path), 'r')
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
      const count = readSync(fd, chunk)
      if (count === 0) return
      yield chunk.subarray(0, count)
    }
  } finally {
    closeSync(fd)
  }
}
