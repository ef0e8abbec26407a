import type { CommandContext } from './command-context.ts'
import { untilInterrupted } from './until-interrupted.ts'

/** Asks on the terminal and returns whether the answer is yes; an interrupt is a no. */
export async function askYes(
  context: CommandContext,
  question: string,
  /** What an empty answer means. @default no */
  { byDefault = false }: { readonly byDefault?: boolean } = {},
): Promise<boolean> {
  const { ports } = context
  try {
    const answer = (await untilInterrupted(context, ports.ask(question))).trim()
    return answer === '' ? byDefault : /^y(es)?$/i.test(answer)
  } catch (error) {
    if (ports.interrupts.first.aborted) return false
    throw error
  }
}
