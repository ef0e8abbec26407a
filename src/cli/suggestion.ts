import type { Command } from 'commander'
import { didYouMean } from '../base/did-you-mean.ts'
import { meantCommand } from './unknown-command.ts'

/** Returns what may have been meant by `word`, an option or a command that what `argv` calls does not have. */
export function suggestionFor(program: Command, argv: readonly string[], word: string): string | undefined {
  const at = argv.findIndex(given => given === word || given.startsWith(`${word}=`))
  const command = meantCommand(program, at === -1 ? argv : argv.slice(0, at))
  const help = command.createHelp()
  return word.startsWith('-')
    ? didYouMean(
        word,
        help.visibleOptions(command).flatMap(({ long }) => long ?? []),
      )
    : didYouMean(
        word,
        help.visibleCommands(command).flatMap(known => [known.name(), ...known.aliases()]),
      )
}
