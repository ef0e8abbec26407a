import { TcomposeError } from './tcompose-error.ts'

/** Tells whether `error` is about a record that is damaged or that a later version wrote. */
export function isUnreadable(error: unknown): error is TcomposeError {
  return error instanceof TcomposeError && (error.code === 'state-corrupt' || error.code === 'state-version')
}
