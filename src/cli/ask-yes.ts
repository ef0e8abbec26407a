import type { CommandContext } from './command-context.ts'
import { untilInterrupted } from './until-interrupted.ts'

/** Asks on the terminal and returns whether the answer is yes; an interrupt is a no. */
export async function askYes(context: CommandContext, question: string): Promise<boolean> {
  const { ports } = context
  try {
    const answer = await untilInterrupted(context, ports.ask(question))
    return /^y(es)?$/i.test(answer.trim())
  } catch (error) {
    if (ports.interrupts.first.aborted) return false
    throw error
  }
}
