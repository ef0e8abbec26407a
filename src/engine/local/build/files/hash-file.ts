import { createHash, hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { type BytePath, nativePath } from '../../../../disk/byte-path.ts'

const CHUNK = Buffer.allocUnsafeSlow(256 * 1024)
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Returns the SHA-256 of the file at `path` in hex digits. Links are not followed, and nothing is waited for.
 *
 * @throws {Error} `ENOENT`, `ELOOP` and the like where there is no file any more.
 * @throws {DOMException} `AbortError` if `signal` aborts while a large file is read.
 */
export function hashFile(path: BytePath, signal: AbortSignal | undefined): string {
  const fd = openSync(nativePath(path), FLAGS)
  try {
    if (!fstatSync(fd).isFile()) throw Object.assign(new Error(`${path} is no file`), { code: 'EINVAL' })
    const count = readSync(fd, CHUNK)
    return count < CHUNK.length ? hash('sha256', CHUNK.subarray(0, count), 'hex') : hashRest(fd, signal)
  } finally {
    closeSync(fd)
  }
}

/** Goes on behind what is in the chunk. */
function hashRest(fd: number, signal: AbortSignal | undefined): string {
  const whole = createHash('sha256').update(CHUNK)
  for (let count = readSync(fd, CHUNK); count > 0; count = readSync(fd, CHUNK)) {
    signal?.throwIfAborted()
    whole.update(CHUNK.subarray(0, count))
  }
  return whole.digest('hex')
}
