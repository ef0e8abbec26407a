import type { Command } from 'commander'

/**
 * Returns the words of `argv` that name a command which `program` does not have, as in `image frobnicate`; undefined if
 * there is such a command, or none is named. What else is on the line, `--help` included, does not matter.
 */
export function unknownCommand(program: Command, argv: readonly string[]): readonly string[] | undefined {
  if (program.commands.length === 0) return undefined
  const at = operandAt(program, argv)
  const word = argv[at]
  if (word === undefined) return undefined
  const command = commandNamed(program, word)
  if (command === undefined) return [word]
  const below = unknownCommand(command, argv.slice(at + 1))
  return below && [word, ...below]
}

/** Returns the command that `argv` calls, as far as its words name one that is there. */
export function meantCommand(program: Command, argv: readonly string[]): Command {
  if (program.commands.length === 0) return program
  const at = operandAt(program, argv)
  const command = commandNamed(program, argv[at] ?? '')
  return command === undefined ? program : meantCommand(command, argv.slice(at + 1))
}

function commandNamed(program: Command, word: string): Command | undefined {
  return program.commands.find(known => known.name() === word || known.aliases().includes(word))
}

/** Returns the index of the first word that is neither an option nor the value of one. */
function operandAt(program: Command, argv: readonly string[]): number {
  let at = 0
  for (; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') return at + 1
    if (!word.startsWith('-') || word === '-') return at
    const option = program.options.find(({ long, short }) => word === long || word === short)
    if (option?.required) at++
  }
  return at
}
