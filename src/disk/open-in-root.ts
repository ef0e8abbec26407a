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
const RESOLVE_NO_MAGICLINKS = 0x02
const RESOLVE_NO_SYMLINKS = 0x04
const RESOLVE_BENEATH = 0x08
const RESOLVE_IN_ROOT = 0x10
const O_CLOEXEC = 0o2000000

/** The kernel gives up on a path with `..` if something is renamed meanwhile: EAGAIN. */
const MOST_ATTEMPTS = 100

/**
 * Opens `path` as a process would whose root is the folder behind `root`: links and `..` lead nowhere else, and those of
 * /proc that name no path are not followed. `flags` are O_*.
 *
 * @throws {SystemCallError} As open(2).
 */
export function openInRoot(root: number, path: BytePath, flags: number): OpenedFile {
  return openResolving(root, path, { flags, resolve: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS })
}

/**
 * Opens `path` below the folder behind `folder`, without a link on the way and at its end.
 *
 * @throws {SystemCallError} ELOOP for a link, EXDEV for a path that leads out.
 */
export function openBelow(folder: number, path: BytePath, flags: number): OpenedFile {
  return openResolving(folder, path, { flags, resolve: RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS })
}

interface Resolving {
  readonly flags: number
  readonly resolve: number
}

function openResolving(folder: number, path: BytePath, { flags, resolve }: Resolving): OpenedFile {
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
