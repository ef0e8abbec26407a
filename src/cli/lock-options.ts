import type { LockOptions } from '../app/index.ts'
import type { CommandContext } from './command-context.ts'
import { waitingText } from './views/progress-view.ts'

/** Returns how a command that shows no progress takes the lock of a project: it says for whom it waits, until the first Ctrl-C. */
export function lockOptions({ ports }: CommandContext): LockOptions {
  return {
    command: ['tcompose', ...ports.argv].join(' '),
    signal: ports.interrupts.first,
    onWait: holder => ports.stderr.write(`${waitingText(holder)}\n`),
  }
}
