import { Command } from 'commander'
import type { CliPorts } from './cli-ports.ts'
import type { CommandDefinition, CommandHost } from './define-command.ts'
import { addGlobalOptions } from './options/global-options.ts'
import { versionText } from './version.ts'

/**
 * Builds the command tree of `commands`, by path, a group before what it holds. Errors are thrown, not printed; help goes
 * to the streams of `ports`. Options of a command come after its name, so that `logs -f` and `-f FILE logs` do not meet.
 */
export function buildProgram(ports: CliPorts, commands: ReadonlyMap<string, CommandDefinition>): CommandHost {
  const program = new Command('tcompose')
    .description('Runs Compose files on Linux with no Docker and no daemon to install')
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: text => ports.stdout.write(text),
      writeErr: text => ports.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => ports.stdout.columns,
      getErrHelpWidth: () => ports.stderr.columns,
    })
    .version(versionText(ports.version), '-v, --version', 'Show the version')
    .helpOption('-h, --help', 'Show this help')
    .helpCommand(false)
  addGlobalOptions(program, { isHidden: false })
  const host: CommandHost = { program, ports, exitCode: 0, collected: [], documentFormat: undefined }
  for (const [path, definition] of commands) addCommand(host, path, definition)
  return host
}

function addCommand(host: CommandHost, path: string, { isHidden, complete }: CommandDefinition): void {
  const words = path.split('/')
  const name = words.pop() ?? ''
  const parent = words.reduce(
    (group, word) => group.commands.find(known => known.name() === word) ?? group,
    host.program,
  )
  complete(parent.command(name, { hidden: isHidden }), host)
}
