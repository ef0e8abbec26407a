import type { Command } from 'commander'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { CliPorts } from './cli-ports.ts'
import type { CommandContext } from './command-context.ts'
import { type DocumentFormat, documentFormat } from './diagnostics/diagnostics-document.ts'
import {
  addGlobalOptions,
  type GlobalValues,
  mergeGlobals,
  parallelLimit,
  projectRequest,
} from './options/global-options.ts'
import { outputSettings } from './options/output-settings.ts'
import { UsageError } from './usage-error.ts'

/** The program that commands are added to, and where the exit code of the one that runs is left. */
export interface CommandHost {
  readonly program: Command
  readonly ports: CliPorts
  exitCode: number
  /** Diagnostics for the document that ends the command, and its format once that is known. */
  readonly collected: Diagnostic[]
  documentFormat: DocumentFormat | undefined
}

/** A command, or a group of commands, as a file of `commands` exports it under the name `command`. */
export interface CommandDefinition {
  /** Whether the help of the program leaves it out. */
  readonly isHidden: boolean
  /** Of a group there are none. */
  readonly examples: readonly Example[]
  /** Completes `command`, which has no more than its name. */
  readonly complete: (command: Command, host: CommandHost) => void
}

/** A command line, and what it does in a few words. */
export type Example = readonly [line: string, meaning: string]

/** What a command does; `values` are its own options, `args` its arguments. Returns the exit code. */
export type CommandHandler<Values> = (
  context: CommandContext,
  args: readonly string[],
  values: Values,
) => Promise<number>

/** What is particular to a command. */
export interface CommandSpec<Values> {
  /** Gives `command` its description, its arguments and its own options. */
  readonly describe: (command: Command, ports: CliPorts) => void
  readonly run: CommandHandler<Values>
  /** What its help shows, and the page of commands. */
  readonly examples: readonly Example[]
  /** @default false */
  readonly isHidden?: boolean
  /**
   * What `--dry-run` makes of it: `reads` is a command that changes nothing anyway, `plans` one that heeds
   * `CommandContext.isDryRun`.
   *
   * @default it is refused
   */
  readonly dryRun?: 'reads' | 'plans'
  /** A variable that says how to show progress where neither `--progress` nor COMPOSE_PROGRESS does. */
  readonly progressVariable?: string
}

/** Returns a command that takes the global options behind its own. */
export function defineCommand<Values>({
  describe,
  run,
  examples,
  isHidden = false,
  dryRun,
  progressVariable,
}: CommandSpec<Values>): CommandDefinition {
  return {
    isHidden,
    examples,
    complete: (command, host) => {
      describe(command, host.ports)
      if (examples.length > 0) command.addHelpText('after', examplesText(examples))
      addGlobalOptions(command, { isHidden: true, shown: dryRun === 'plans' ? ['--dry-run'] : [] })
      command.action(async () => {
        const globals = mergeGlobals(host.program.opts<GlobalValues>(), command.opts<GlobalValues>())
        if (globals.dryRun && dryRun === undefined) throw noDryRun(command)
        const context = contextOf(host, globals, progressVariable)
        host.exitCode = await run(context, command.args, command.opts<Values & object>())
      })
    },
  }
}

function examplesText(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  return ['', 'Examples:', ...examples.map(([line, meaning]) => `  ${line.padEnd(width)}   ${meaning}`)].join(
    '\n',
  )
}

function noDryRun(command: Command): UsageError {
  return new UsageError(
    `"${command.name()}" has no --dry-run`,
    'Nothing was done; "tcompose plan" shows what "up" would do',
  )
}

/** Returns a command that does nothing by itself: those in the folder of its name do. */
export function defineGroup(description: string): CommandDefinition {
  return {
    isHidden: false,
    examples: [],
    complete: command => command.helpCommand(false).description(description),
  }
}

/** Returns the context that `globals` make, and notes in `host` how diagnostics are to be written. */
export function contextOf(
  host: CommandHost,
  globals: GlobalValues,
  progressVariable?: string,
): CommandContext {
  const { progress, diagnostics, dryRun: isDryRun = false } = globals
  const ansi = globals.ansi === false ? 'never' : globals.ansi
  host.documentFormat ??= documentFormat(diagnostics)
  return {
    ports: host.ports,
    request: projectRequest(globals),
    settings: outputSettings({ ansi, progress, diagnostics, isDryRun, progressVariable }, host.ports),
    isDryRun,
    showsAllResources: globals.allResources ?? false,
    parallel: parallelLimit(globals, host.ports.environment),
    collected: host.collected,
  }
}
