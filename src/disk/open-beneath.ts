import { closeSync, constants, openSync } from 'node:fs'
import { checked, libcFunction } from '../linux/libc.ts'
import { type BytePath, displayPath, nativePath } from './byte-path.ts'
import { cPath } from './inode.ts'
import { type OpenedFile, openedFile } from './opened-file.ts'

// glibc has no wrapper for openat2(2). Its number is the same on every architecture.
const syscall = libcFunction(
  'long syscall(long number, int folder, const void *path, const void *how, size_t size)',
)

const SYS_OPENAT2 = 437
const RESOLVE_NO_SYMLINKS = 0x04
const RESOLVE_BENEATH = 0x08

/** Opens something for what can be asked of it by descriptor, not for its content; see open(2). */
export const O_PATH = 0o10000000
const O_CLOEXEC = 0o2000000

/**
 * Opens `path` below the folder `root`, for a tree that a container may change meanwhile: a link below `root` is not
 * followed, and nothing outside is reached. `flags` are O_*.
 *
 * @throws {SystemCallError} ELOOP for a link on the way, EXDEV for a path that leads out.
 */
export function openBeneath(root: BytePath, path: BytePath, flags: number): OpenedFile {
  const folder = openSync(nativePath(root || '/'), O_PATH | constants.O_DIRECTORY)
  try {
    const how = Buffer.alloc(24)
    how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0)
    how.writeBigUInt64LE(BigInt(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS), 16)
    const result = syscall(SYS_OPENAT2, folder, cPath(path === '' ? '.' : path), how, how.length)
    return openedFile(checked(result, 'openat2', `${displayPath(root)}/${displayPath(path)}`))
  } finally {
    closeSync(folder)
  }
}
