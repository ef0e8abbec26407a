/** Returns the errno name that Node puts on the error of a failed system call, e.g. `ENOENT`. */
export function errnoNameOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
