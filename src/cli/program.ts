import { Command } from 'commander'
import type { CliPorts } from './cli-ports.ts'
import { addConfigCommand } from './commands/config.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addDownCommand } from './commands/down.ts'
import { addEnvCommand } from './commands/env.ts'
import { addExecCommand } from './commands/exec.ts'
import { addExplainCommand } from './commands/explain.ts'
import { addImageCommand } from './commands/image/image.ts'
import { addImagesCommand } from './commands/images.ts'
import { addKillCommand } from './commands/kill.ts'
import { addLoginCommand } from './commands/login.ts'
import { addLogoutCommand } from './commands/logout.ts'
import { addLogsCommand } from './commands/logs.ts'
import { addLsCommand } from './commands/ls.ts'
import { addPlanCommand } from './commands/plan.ts'
import { addPortCommand } from './commands/port.ts'
import { addPsCommand } from './commands/ps.ts'
import { addPullCommand } from './commands/pull.ts'
import { addPushCommand } from './commands/push.ts'
import { addRmCommand } from './commands/rm.ts'
import { addSchemaCommand } from './commands/schema.ts'
import { addServiceCommands } from './commands/service-commands.ts'
import { addSystemCommand } from './commands/system/system.ts'
import { addTopCommand } from './commands/top.ts'
import { addUpCommand } from './commands/up.ts'
import { addVersionCommand } from './commands/version.ts'
import type { CommandHost } from './define-command.ts'
import { addGlobalOptions } from './options/global-options.ts'

/**
 * Builds the command tree. Errors are thrown, not printed; help goes to the streams of `ports`. Options of a command
 * stand behind its name, so that `logs -f` and `-f FILE logs` do not meet.
 */
export function buildProgram(ports: CliPorts): CommandHost {
  const program = new Command('tcompose')
    .description('Runs Compose files on Linux with no Docker and no daemon to install')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: text => ports.stdout.write(text),
      writeErr: text => ports.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => ports.stdout.columns,
      getErrHelpWidth: () => ports.stderr.columns,
    })
    .version(`tcompose version v${ports.version}`, '-v, --version', 'Show the version')
    .helpCommand(false)
  addGlobalOptions(program, { isHidden: false })
  const host: CommandHost = { program, ports, exitCode: 0, collected: [], documentFormat: undefined }
  addUpCommand(host)
  addDownCommand(host)
  addPullCommand(host)
  addPushCommand(host)
  addPsCommand(host)
  addLogsCommand(host)
  addExecCommand(host)
  addPlanCommand(host)
  addConfigCommand(host)
  addEnvCommand(host)
  addExplainCommand(host)
  addSchemaCommand(host)
  addServiceCommands(host)
  addRmCommand(host)
  addKillCommand(host)
  addLsCommand(host)
  addImagesCommand(host)
  addImageCommand(host)
  addSystemCommand(host)
  addLoginCommand(host)
  addLogoutCommand(host)
  addPortCommand(host)
  addTopCommand(host)
  addDoctorCommand(host)
  addVersionCommand(host)
  return host
}
