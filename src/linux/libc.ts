import { constants } from 'node:os'
import koffi from 'koffi'

/**
 * The C library, for calls that are safe on any thread and bounded in time. A call that may block for long, or
 * that the kernel refuses to a threaded process, belongs into the keeper.
 */
const libc = koffi.load('libc.so.6')

/** A call of the kernel that failed. `errno` is positive, e.g. 17; `errnoName` is `EEXIST`. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError'
  readonly call: string
  readonly errno: number
  readonly errnoName: string
  /** What the call was about: a path, an interface, an address. */
  readonly object: string

  constructor(call: string, errno: number, object: string) {
    const errnoName = nameOfErrno(errno)
    super(`${call} ${object}: ${errnoName}`)
    this.call = call
    this.errno = errno
    this.errnoName = errnoName
    this.object = object
  }
}

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
)

/** Returns `ENOENT` for 2, or `errno 4095` for a number without a name. */
export function nameOfErrno(errno: number): string {
  return ERRNO_NAMES.get(errno) ?? `errno ${errno}`
}

type NativeValue = number | bigint | string | Buffer | null | readonly (string | null)[]

/** A function of libc that returns a number, -1 with errno set on failure. */
export type LibcFunction = (...args: readonly NativeValue[]) => number

/** Binds a function by its C prototype, e.g. `int umount2(const char *target, int flags)`. */
export function libcFunction(prototype: string): LibcFunction {
  return libc.func(prototype) as LibcFunction
}

/**
 * Binds a function that runs on a thread of the pool, for calls in which the kernel waits. It must not depend on the
 * thread that it runs on. errno is not returned: a failure is only -1.
 */
export function libcFunctionInBackground(
  prototype: string,
): (...args: readonly NativeValue[]) => Promise<number> {
  const bound = libc.func(prototype)
  return (...args) =>
    new Promise((resolve, reject) => {
      bound.async(...args, (error: Error | null, result: number) =>
        error === null ? resolve(result) : reject(error),
      )
    })
}

/**
 * Returns `result`, the value that `call` gave just before.
 *
 * @throws {SystemCallError} If it is negative.
 */
export function checked(result: number, call: string, object: string): number {
  if (result < 0) throw new SystemCallError(call, koffi.errno(), object)
  return result
}

/** Returns the errno of the last failed call on this thread. */
export function lastErrno(): number {
  return koffi.errno()
}
