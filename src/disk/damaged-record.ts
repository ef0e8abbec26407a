import { isUnreadable } from '../base/is-unreadable.ts'
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

/** Returns what `read` returns, or undefined for a record that cannot be read: for what can be made again. */
export function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
}
