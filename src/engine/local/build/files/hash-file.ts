import { createHash, hash } from 'node:crypto'
import { constants, fstatSync, openSync, readSync } from 'node:fs'
import { type BytePath, nativePath } from '../../../../disk/byte-path.ts'
import { type OpenedFile, openedFile } from '../../../../disk/opened-file.ts'
import type { Pace } from './pace.ts'

const CHUNK = Buffer.allocUnsafeSlow(256 * 1024)
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Returns the SHA-256 of the file at `path` in hex digits. Links are not followed, and nothing is waited for.
 *
 * @throws {Error} `ENOENT`, `ELOOP` and the like where there is no file any more.
 */
export function hashFile(path: BytePath): string {
  using file = openFile(path)
  const count = readSync(file.fd, CHUNK)
  if (count < CHUNK.length) return hash('sha256', CHUNK.subarray(0, count), 'hex')
  const whole = createHash('sha256').update(CHUNK)
  for (let more = readSync(file.fd, CHUNK); more > 0; more = readSync(file.fd, CHUNK)) {
    whole.update(CHUNK.subarray(0, more))
  }
  return whole.digest('hex')
}

/**
 * Does `hashFile`, giving way to others.
 *
 * @throws {DOMException} `AbortError` if the signal of `pace` aborts.
 */
export async function hashLargeFile(path: BytePath, pace: Pace): Promise<string> {
  using file = openFile(path)
  const whole = createHash('sha256')
  // Others may use the chunk while this gives way, but not between reading and hashing.
  for (let count = readSync(file.fd, CHUNK); count > 0; count = readSync(file.fd, CHUNK)) {
    whole.update(CHUNK.subarray(0, count))
    if (pace.step()) await pace.rest()
  }
  return whole.digest('hex')
}

function openFile(path: BytePath): OpenedFile {
  const fd = openSync(nativePath(path), FLAGS)
  const file = openedFile(fd)
  if (fstatSync(fd).isFile()) return file
  file[Symbol.dispose]()
  throw Object.assign(new Error(`${path} is no file`), { code: 'EINVAL' })
}
