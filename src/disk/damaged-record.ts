import { TcomposeError } from '../base/tcompose-error.ts'

const HINT = 'Run "tcompose doctor --fix" to put it aside'

/** Returns the error for a record that cannot be what tcompose wrote. `state` completes "Cannot read ...: it is". */
export function damagedRecord(
  path: string,
  state: string,
  { hint = HINT, cause }: { readonly hint?: string; readonly cause?: unknown } = {},
): TcomposeError {
  return new TcomposeError('state-corrupt', `Cannot read "${path}": ${state}`, { hint, cause })
}

/** Tells whether `error` is about a record that is damaged or that a later version wrote. */
export function isUnreadable(error: unknown): error is TcomposeError {
  return error instanceof TcomposeError && (error.code === 'state-corrupt' || error.code === 'state-version')
}

/** Returns what `read` returns, or undefined for a record that cannot be read: for what can be made again. */
export function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
}
