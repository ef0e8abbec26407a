import type { CommandContext } from './command-context.ts'
import { untilInterrupted } from './until-interrupted.ts'
import { UsageError } from './usage-error.ts'
import { safeText } from './views/safe-text.ts'

/**
 * Asks on the terminal whether `command` should do what `warning` says; anything but a yes is a no.
 *
 * @throws {UsageError} If there is no terminal to ask on.
 */
export async function isConfirmed(
  context: CommandContext,
  command: string,
  warning: string,
): Promise<boolean> {
  const { ports } = context
  if (!ports.isInputTerminal) {
    throw new UsageError(`${command} asks for confirmation, and there is no terminal`, 'Add --force')
  }
  ports.stderr.write(`${safeText(warning)}\n`)
  const answer = await untilInterrupted(context, ports.ask('Are you sure you want to continue? [y/N] '))
  return /^y(es)?$/i.test(answer.trim())
}
