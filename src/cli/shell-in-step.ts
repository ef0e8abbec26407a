import type { RunHooks } from '../app/index.ts'
import type { CommandContext } from './command-context.ts'
import { UsageError } from './usage-error.ts'
import { safeLine } from './views/safe-text.ts'

/** Returns `context` for a run that a shell may interrupt: nothing is redrawn, and one image is built at a time. */
export function besideShell(context: CommandContext): CommandContext {
  const { settings } = context
  return { ...context, parallel: 1, settings: { ...settings, progress: 'plain' } }
}

/**
 * Returns what opens a shell on the terminal in the files of a command that failed. The failure is reported when the shell
 * has ended.
 *
 * @throws {UsageError} If there is no terminal.
 */
export function openShell({ ports }: CommandContext): NonNullable<RunHooks['onFailedBuildStep']> {
  if (!ports.isInputTerminal || !ports.stdout.isTerminal)
    throw new UsageError('--shell needs a terminal', 'Leave it out, or run the command on a terminal')
  return async ({ step, shell }) => {
    ports.stderr.write(
      `Opening a shell in the files of "${safeLine(step.text)}", which failed; "exit" ends it\n`,
    )
    await shell({ kind: 'terminal', ...ports.openTerminal() })
  }
}
