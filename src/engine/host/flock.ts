import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { checked, lastErrno, libcFunction } from './libc.ts'

const flock = libcFunction('int flock(int fd, int operation)')

const LOCK_SH = 1
const LOCK_EX = 2
const LOCK_NB = 4

/** A flock(2), held until it is disposed or the process dies. */
export interface FileLock extends Disposable {
  readonly path: string
}

/**
 * Takes the exclusive lock of the file at `path`, which is made where it misses, without waiting. Returns undefined
 * while another open file description holds it.
 *
 * @throws {SystemCallError} If flock(2) fails for another reason.
 */
export function tryLock(path: string): FileLock | undefined {
  return tryFlock(path, LOCK_EX)
}

/**
 * `tryLock` for a shared lock: many may hold it at once, but not while one holds the exclusive lock.
 *
 * @throws {SystemCallError} If flock(2) fails for another reason than that.
 */
export function trySharedLock(path: string): FileLock | undefined {
  return tryFlock(path, LOCK_SH)
}

function tryFlock(path: string, operation: number): FileLock | undefined {
  for (;;) {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    if (!lockNow(fd, path, operation)) {
      closeSync(fd)
      return undefined
    }
    // A holder may unlink the file before it lets go: a lock on a file without a name excludes nobody.
    if (isFileAt(fd, path)) return { path, [Symbol.dispose]: () => closeSync(fd) }
    closeSync(fd)
  }
}

function lockNow(fd: number, path: string, operation: number): boolean {
  const result = flock(fd, operation | LOCK_NB)
  if (result < 0 && lastErrno() === osConstants.errno.EWOULDBLOCK) return false
  checked(result, 'flock', path)
  return true
}

function isFileAt(fd: number, path: string): boolean {
  const named = statSync(path, { throwIfNoEntry: false })
  const held = fstatSync(fd)
  return named !== undefined && named.ino === held.ino && named.dev === held.dev
}
