import { TcomposeError } from '../../base/tcompose-error.ts'
import { nameOfErrno, SystemCallError } from '../../linux/libc.ts'
import { findKeeper } from './find-keeper.ts'
import { WireReader } from './wire-reader.ts'

/** A launch that failed: before its program, or in one operation of it. */
export class LaunchFailure extends Error {
  override readonly name = 'LaunchFailure'
  /** Index into the request's program; -1 if it failed before the first operation. */
  readonly index: number
  /** Positive, e.g. 2. */
  readonly errno: number
  /** E.g. `ENOENT`. */
  readonly errnoName: string
  /** The call that failed and its object, e.g. `move_mount /data`. */
  readonly what: string

  constructor({ index, errno, what }: KeeperFailure) {
    super(`Cannot launch: ${what}: ${nameOfErrno(errno)}`)
    this.index = index
    this.errno = errno
    this.errnoName = nameOfErrno(errno)
    this.what = what
  }
}

/** The payload of a failed reply. */
export interface KeeperFailure {
  readonly errno: number
  readonly index: number
  readonly what: string
}

/** @throws {RangeError} If the payload is cut short. */
export function decodeFailure(payload: Buffer): KeeperFailure {
  const reader = new WireReader(payload)
  return { errno: reader.i32(), index: reader.i32(), what: reader.text() }
}

/** Returns the error of any other request than a launch: the keeper's system call and what it was about. */
export function requestError({ errno, what }: KeeperFailure): SystemCallError {
  const space = what.indexOf(' ')
  return space < 0
    ? new SystemCallError(what, errno, 'of the keeper')
    : new SystemCallError(what.slice(0, space), errno, what.slice(space + 1))
}

/** The keeper at `socketPath` lives and says nothing: it was stopped, or hangs in the kernel. */
export function keeperStalled(socketPath: string, ms: number): TcomposeError {
  const pid = findKeeper(socketPath)
  const who = pid === undefined ? 'it' : `process ${pid}`
  const resume = pid === undefined ? '' : `If it was stopped, run "kill -CONT ${pid}"; `
  return new TcomposeError(
    'keeper-stalled',
    `Cannot reach the keeper: ${who} does not answer, expected a reply within ${ms / 1000} s`,
    {
      hint: `${resume}${resume === '' ? 'Run' : 'or run'} "tcompose down", which ends it with all containers`,
    },
  )
}

/** Tells whether `error` is that of a keeper which does not answer. */
export function isKeeperStalled(error: unknown): error is TcomposeError {
  return error instanceof TcomposeError && error.code === 'keeper-stalled'
}

/** The connection ended before the reply came. */
export function keeperGone(cause?: unknown): TcomposeError {
  return new TcomposeError('keeper', 'Cannot reach the keeper: its connection ended, expected a reply', {
    cause,
  })
}
