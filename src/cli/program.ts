import { Command } from 'commander'
import type { CliPorts } from './cli-ports.ts'
import type { CommandEntry } from './command-table.ts'
import type { CommandHost } from './define-command.ts'
import { addGlobalOptions } from './options/global-options.ts'
import { versionText } from './version.ts'

/**
 * Builds the command tree of `commands`. Errors are thrown, not printed; help goes to the streams of `ports`. Options of a command
 * stand behind its name, so that `logs -f` and `-f FILE logs` do not meet.
 */
export function buildProgram(ports: CliPorts, commands: readonly CommandEntry[]): CommandHost {
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
  for (const { add } of commands) add(host)
  return host
}
