import type { CommandContext } from './command-context.ts'
import { DRY_RUN } from './views/progress-plain.ts'
import { safeLine } from './views/safe-text.ts'

/** Writes what became of `thing` as a line of the progress, e.g. ` Container shop-web-1  Paused`; marked in a dry run. */
export function writeStatus({ ports, isDryRun }: CommandContext, thing: string, status: string): void {
  ports.stderr.write(`${isDryRun ? DRY_RUN : ''} ${safeLine(`${thing}  ${status}`)}\n`)
}
