import type { Command, Option } from 'commander'
import { COMMANDS, loadCommands } from '../../src/cli/command-table.ts'
import type { CommandDefinition, Example } from '../../src/cli/define-command.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { idlePorts } from './idle-ports.ts'

/** A command as its help shows it. */
export interface DescribedCommand {
  /** Its words, e.g. `image ls`. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly description: string
  /** What follows its name, e.g. `[options] [service...]`. */
  readonly usage: string
  readonly options: readonly DescribedOption[]
  /** Long names of options that are taken and not shown, global ones included. */
  readonly hidden: readonly string[]
  readonly examples: readonly Example[]
}

/** An option as help shows it. */
export interface DescribedOption {
  /** E.g. `-t, --timeout <seconds>`. */
  readonly flags: string
  readonly long: string | undefined
  readonly description: string
  readonly choices: readonly string[]
}

/** What there is to run, groups left out, in the order of the help, and the options before the name of a command. */
export interface DescribedProgram {
  readonly commands: readonly DescribedCommand[]
  /** Names of commands that do nothing by themselves. */
  readonly groups: readonly string[]
  readonly globals: readonly DescribedOption[]
}

/** Returns what the help of the program and of all its commands says. */
export async function describeCommands(): Promise<DescribedProgram> {
  const definitions = await loadCommands(COMMANDS)
  const { program } = buildProgram(idlePorts, definitions)
  const commands = [...definitions]
    .filter(([path, { isHidden }]) => !isHidden && !isGroup(path))
    .map(([path, definition]) => described(commandAt(program, path), path, definition))
  const groups = COMMANDS.filter(isGroup).map(path => path.replaceAll('/', ' '))
  const globals = program.createHelp().visibleOptions(program).map(describedOption)
  return {
    commands,
    groups,
    globals: globals.filter(({ long }) => long !== '--version' && long !== '--help'),
  }
}

function isGroup(path: string): boolean {
  return COMMANDS.some(other => other.startsWith(`${path}/`))
}

function commandAt(program: Command, path: string): Command {
  return path.split('/').reduce((parent, word) => {
    const command = parent.commands.find(known => known.name() === word)
    if (command === undefined) throw new Error(`Cannot find command "${path}"`)
    return command
  }, program)
}

function described(command: Command, path: string, { examples }: CommandDefinition): DescribedCommand {
  const shown = command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
  const names = new Set(shown.map(({ long }) => long))
  return {
    name: path.replaceAll('/', ' '),
    aliases: command.aliases(),
    description: command.description(),
    usage: command.usage(),
    options: shown.map(describedOption),
    hidden: command.options.flatMap(({ long }) => (long === undefined || names.has(long) ? [] : [long])),
    examples,
  }
}

function describedOption({ flags, long, description, argChoices = [] }: Option): DescribedOption {
  return { flags, long, description, choices: argChoices }
}
