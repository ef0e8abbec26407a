import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { checked, lastErrno, libcFunction } from '../linux/libc.ts'

const flock = libcFunction('int flock(int fd, int operation)')

/** Node adds O_CLOEXEC. What is in a lock's place is not followed, and a FIFO not waited for. */
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
const RETRY_MS = 2
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
 * @throws {TcomposeError} `state-corrupt` if something else than a file is at `path`.
 */
export function tryLock(path: string): FileLock | undefined {
  return tryFlock(path, LOCK_EX)
}

/**
 * Takes the exclusive lock of the file at `path`, whose folder exists, as soon as nobody holds it. For locks that are held
 * for moments.
 *
 * @throws {SystemCallError} If flock(2) fails for another reason.
 */
export async function waitForLock(path: string): Promise<FileLock> {
  for (;;) {
    const held = tryLock(path)
    if (held !== undefined) return held
    await delay(RETRY_MS)
  }
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
    const fd = openLockFile(path)
    if (!lockNow(fd, path, operation)) {
      closeSync(fd)
      return undefined
    }
    // A holder may unlink the file before it releases the lock: one on a file without a name excludes no one.
    if (isFileAt(fd, path)) return { path, [Symbol.dispose]: () => closeSync(fd) }
    closeSync(fd)
  }
}

function openLockFile(path: string): number {
  try {
    return openSync(path, FLAGS, 0o600)
  } catch (error) {
    const found = NO_FILES.get(errnoNameOf(error) ?? '')
    if (found === undefined) throw error
    throw new TcomposeError('state-corrupt', `Cannot lock "${path}": it is ${found}, expected a file`, {
      hint: `Remove "${path}"`,
      cause: error,
    })
  }
}

const NO_FILES: ReadonlyMap<string, string> = new Map([
  ['ELOOP', 'a symbolic link'],
  ['EISDIR', 'a folder'],
  ['ENXIO', 'a socket or a device'],
])

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
