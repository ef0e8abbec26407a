import { addBuildCommand } from './commands/build.ts'
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

/** What adds commands to the tree, by their names. */
export interface CommandEntry {
  readonly names: readonly string[]
  readonly add: (host: CommandHost) => void
}

/** All commands, in the order of the help text. */
export const COMMANDS: readonly CommandEntry[] = [
  { names: ['up'], add: addUpCommand },
  { names: ['down'], add: addDownCommand },
  { names: ['build'], add: addBuildCommand },
  { names: ['pull'], add: addPullCommand },
  { names: ['push'], add: addPushCommand },
  { names: ['ps'], add: addPsCommand },
  { names: ['logs'], add: addLogsCommand },
  { names: ['exec'], add: addExecCommand },
  { names: ['plan'], add: addPlanCommand },
  { names: ['config', 'convert'], add: addConfigCommand },
  { names: ['env'], add: addEnvCommand },
  { names: ['explain'], add: addExplainCommand },
  { names: ['schema'], add: addSchemaCommand },
  { names: ['start', 'stop', 'restart'], add: addServiceCommands },
  { names: ['rm'], add: addRmCommand },
  { names: ['kill'], add: addKillCommand },
  { names: ['ls'], add: addLsCommand },
  { names: ['images'], add: addImagesCommand },
  { names: ['image'], add: addImageCommand },
  { names: ['system'], add: addSystemCommand },
  { names: ['login'], add: addLoginCommand },
  { names: ['logout'], add: addLogoutCommand },
  { names: ['port'], add: addPortCommand },
  { names: ['top'], add: addTopCommand },
  { names: ['doctor'], add: addDoctorCommand },
  { names: ['version'], add: addVersionCommand },
]

/**
 * Returns the commands that `argv` may mean: to describe all of them takes longer than many a command. Help tells of all,
 * and so does what names none.
 */
export function neededCommands(argv: readonly string[]): readonly CommandEntry[] {
  if (argv.includes('--help') || argv.includes('-h')) return COMMANDS
  const named = COMMANDS.filter(({ names }) => names.some(name => argv.includes(name)))
  return named.length > 0 ? named : COMMANDS
}
