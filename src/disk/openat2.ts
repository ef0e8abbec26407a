import { errnoNameOf } from '../base/errno-name-of.ts'
import { checked, libcFunction } from '../linux/libc.ts'
import { type BytePath, displayPath } from './byte-path.ts'
import { cPath } from './inode.ts'
import { type OpenedFile, openedFile } from './opened-file.ts'

// glibc has no wrapper for openat2(2). Its number is the same on every architecture.
const syscall = libcFunction(
  'long syscall(long number, int folder, const void *path, const void *how, size_t size)',
)

const SYS_OPENAT2 = 437
const O_CLOEXEC = 0o2000000

/** Opens something for what can be asked of it by descriptor, not for its content; see open(2). */
export const O_PATH = 0o10000000

/** How openat2(2) walks a path. */
export const RESOLVE = {
  /** No part of it is on another mount than the folder it starts from. */
  noCrossing: 0x01,
  /** No link of /proc that names no path is followed. */
  noMagicLinks: 0x02,
  noLinks: 0x04,
  /** Nothing leads out of the folder that it starts from. */
  beneath: 0x08,
  /** The folder that it starts from is the root, for links too. */
  inRoot: 0x10,
} as const

/** The kernel gives up on a path with `..` if something is renamed meanwhile: EAGAIN. */
const MOST_ATTEMPTS = 100

/** What openat2(2) takes besides a path. */
export interface OpenHow {
  /** O_*. */
  readonly flags: number
  /** Of `RESOLVE`. */
  readonly resolve: number
}

/**
 * Opens `path`, which starts at the open folder `folder`.
 *
 * @throws {SystemCallError} If openat2(2) fails.
 */
export function openAt2(folder: number, path: BytePath, { flags, resolve }: OpenHow): OpenedFile {
  const how = Buffer.alloc(24)
  how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0)
  how.writeBigUInt64LE(BigInt(resolve), 16)
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = syscall(SYS_OPENAT2, folder, cPath(path === '' ? '.' : path), how, how.length)
      return openedFile(checked(result, 'openat2', displayPath(path)))
    } catch (error) {
      if (errnoNameOf(error) !== 'EAGAIN' || attempt === MOST_ATTEMPTS) throw error
    }
  }
}
