import { CommanderError } from 'commander'
import { diskRefusal } from '../base/disk-refusal.ts'
import { errorCode } from '../base/error-codes.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { withPlainBooleans } from './boolean-values.ts'
import type { CliPorts } from './cli-ports.ts'
import { COMMANDS, loadCommands, neededCommands } from './command-table.ts'
import { type CommandHost, contextOf } from './define-command.ts'
import { type DocumentFormat, diagnosticsDocument } from './diagnostics/diagnostics-document.ts'
import {
  COMPLETE_COMMAND,
  foreignEngine,
  METADATA_COMMAND,
  pluginCall,
  pluginMetadata,
} from './docker-plugin.ts'
import { EXIT } from './exit-codes.ts'
import { withHelpOption } from './help-command.ts'
import type { GlobalValues } from './options/global-options.ts'
import { buildProgram } from './program.ts'
import { reportDiagnostics, reportFailure } from './report.ts'
import { suggestionFor } from './suggestion.ts'
import { unknownCommand } from './unknown-command.ts'
import { UsageError, usageDiagnostic, usageErrorFrom } from './usage-error.ts'
import { safeLine } from './views/safe-text.ts'

/** Runs the command that `argv` names and returns its exit code. Rejects only for a bug. */
export async function runCli({ argv: given, ...rest }: CliPorts): Promise<number> {
  const { argv: words, engine } = pluginCall(given)
  const argv = withHelpOption(words)
  const ports = { ...rest, argv, call: announcingForeignEngine(rest, engine) }
  if (argv[0] === METADATA_COMMAND) {
    ports.stdout.write(pluginMetadata(ports.version))
    return EXIT.done
  }
  if (argv[0] === COMPLETE_COMMAND) {
    const { complete } = await import('./complete/complete.ts')
    await complete(ports, argv.slice(1))
    return EXIT.done
  }
  const commands = neededCommands(ports.argv)
  const exitCode = await runCommand(ports, commands)
  return exitCode ?? (await runCommand(ports, COMMANDS)) ?? EXIT.badInput
}

/** A user who names another engine is told once, before anything happens, that commands act on this machine. */
function announcingForeignEngine(
  { call, stderr, environment }: Omit<CliPorts, 'argv'>,
  engine: string | undefined,
): CliPorts['call'] {
  let foreign = foreignEngine(engine, environment)
  return (useCase, ...given) => {
    if (foreign !== undefined)
      stderr.write(`Note: tcompose acts on this machine, not on the engine "${safeLine(foreign)}"\n`)
    foreign = undefined
    return call(useCase, ...given)
  }
}

/** Returns undefined if the command that is meant is not among `commands`, and these are not all. */
async function runCommand(ports: CliPorts, commands: readonly string[]): Promise<number | undefined> {
  const host = buildProgram(ports, await loadCommands(commands))
  if (ports.argv.length === 0) {
    host.program.outputHelp()
    return EXIT.done
  }
  try {
    // Alone, an unknown command is answered as one; --help or --version beside it would win.
    const unknown = unknownCommand(host.program, ports.argv)
    const argv = unknown ?? withPlainBooleans(host.program, ports.argv)
    await host.program.parseAsync([...argv], { from: 'user' })
    return host.exitCode
  } catch (error) {
    if (commands !== COMMANDS && isUnknownCommand(error)) return undefined
    return exitCodeOf(error, host)
  } finally {
    if (host.documentFormat !== undefined) writeDocument(host, host.documentFormat)
  }
}

function isUnknownCommand(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.unknownCommand'
}

/** Help is shown then, on standard error: a group such as `image` does nothing by itself. */
function isCommandMissing(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help'
}

function writeDocument({ ports, collected }: CommandHost, format: DocumentFormat): void {
  ports.stderr.write(diagnosticsDocument(collected, format, ports.version))
}

function exitCodeOf(error: unknown, host: CommandHost): number {
  const { ports } = host
  const context = contextOf(host, host.program.opts<GlobalValues>())
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
  if (isCommandMissing(error)) return EXIT.badInput
  const usage = error instanceof CommanderError ? usageOf(error, host) : error
  if (usage instanceof UsageError) {
    reportDiagnostics(context, [usageDiagnostic(usage)])
    return EXIT.badInput
  }
  if (ports.interrupts.first.aborted) return ports.interrupts.exitCode
  const failure = error instanceof TcomposeError ? error : diskRefusal(error)
  if (failure === undefined) throw error
  reportFailure(context, failure)
  return isBadInput(failure) ? EXIT.badInput : EXIT.failed
}

function usageOf({ message }: CommanderError, { program, ports }: CommandHost): UsageError {
  return usageErrorFrom(message, word => suggestionFor(program, ports.argv, word))
}

/** The codes TC1xxx are mistakes in what the user wrote. */
function isBadInput({ code }: TcomposeError): boolean {
  return errorCode(code).startsWith('TC1')
}
