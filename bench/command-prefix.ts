import { median } from './median.ts'
import { runTimed } from './run-timed.ts'

/** Returns the words of the variable `name`, a prefix for commands. */
export function commandPrefix(name: string): readonly string[] {
  return (process.env[name] ?? '').split(' ').filter(word => word !== '')
}

/** Returns the milliseconds that a prefix takes by itself. */
export async function costOfPrefix(prefix: readonly string[]): Promise<number> {
  if (prefix.length === 0) return 0
  const times: number[] = []
  for (let run = 0; run < 7; run += 1) times.push(await runTimed({ command: [...prefix, 'true'] }))
  return median(times)
}
