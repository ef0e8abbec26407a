import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

/** Major number of /dev/null and the other memory devices; see devices.txt of the kernel. */
const MEMORY_DEVICES = 1

/**
 * Tells whether `descriptor` leads to a terminal. What cannot be one is seen by its kind, since `node:tty` brings
 * `node:net` and all streams along, which takes 4 ms.
 */
export function isTerminal(descriptor: number): boolean {
  try {
    const file = fstatSync(descriptor)
    // makedev(3): the low twelve bits of the major number lie above eight of the minor.
    const major = (file.rdev >> 8) & 0xfff
    return file.isCharacterDevice() && major !== MEMORY_DEVICES && isatty(descriptor)
  } catch {
    // The descriptor is closed.
    return false
  }
}
