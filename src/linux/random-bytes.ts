import { closeSync, openSync, readSync } from 'node:fs'

/** Returns `count` bytes, 256 at most, of the kernel's random source; loading `node:crypto` for a few takes 4 ms. */
export function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count)
  const source = openSync('/dev/urandom', 'r')
  try {
    // random(7): a read of up to 256 bytes is never cut short.
    readSync(source, bytes)
  } finally {
    closeSync(source)
  }
  return bytes
}
