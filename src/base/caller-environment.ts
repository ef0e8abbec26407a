/** `native/front/cold.c` puts this before the name of a variable that would configure Node. */
export const CALLER_PREFIX = 'TCOMPOSE_CALLER_'

/** Returns the environment as whoever started tcompose gave it, from that of this process. */
export function callerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [[name.startsWith(CALLER_PREFIX) ? name.slice(CALLER_PREFIX.length) : name, value]],
  )
  return Object.fromEntries(entries)
}
