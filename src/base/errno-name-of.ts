/**
 * Returns the name of the errno behind a failed system call, e.g. `ENOENT`: the `code` that Node puts on its errors, or
 * the `errnoName` of ours. Undefined for any other error.
 */
export function errnoNameOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const name = 'errnoName' in error ? error.errnoName : 'code' in error ? error.code : undefined
  return typeof name === 'string' ? name : undefined
}
