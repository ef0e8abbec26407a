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

/** Where commands are added, and where the exit code of the one that runs is left. */
export interface CommandHost {
  readonly program: Command
  readonly ports: CliPorts
  exitCode: number
  /** Diagnostics for the document that ends the command, and its format once that is known. */
  readonly collected: Diagnostic[]
  documentFormat: DocumentFormat | undefined
}

/** What a command does; `values` are its own options, `args` its arguments. Returns the exit code. */
export type CommandHandler<Values> = (
  context: CommandContext,
  args: readonly string[],
  values: Values,
) => Promise<number>

/** Completes `command`: adds the global options behind its own and lets `handler` run it. */
export function defineCommand<Values>(
  host: CommandHost,
  command: Command,
  handler: CommandHandler<Values>,
): void {
  addGlobalOptions(command, { isHidden: true })
  command.action(async () => {
    const globals = mergeGlobals(host.program.opts<GlobalValues>(), command.opts<GlobalValues>())
    const context = contextOf(host, globals)
    host.exitCode = await handler(context, command.args, command.opts<Values & object>())
  })
}

/** Returns the context that `globals` make, and notes in `host` how diagnostics are to be written. */
export function contextOf(host: CommandHost, globals: GlobalValues): CommandContext {
  const { ansi, progress, diagnostics } = globals
  host.documentFormat ??= documentFormat(diagnostics)
  return {
    ports: host.ports,
    request: projectRequest(globals),
    settings: outputSettings({ ansi, progress, diagnostics }, host.ports),
    showsAllResources: globals.allResources ?? false,
    parallel: parallelLimit(globals, host.ports.environment),
    collected: host.collected,
  }
}
