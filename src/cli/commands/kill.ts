import { kill } from '../../app/kill.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { reportContainers } from '../report-containers.ts'
import { untilInterrupted } from '../until-interrupted.ts'

interface Values {
  readonly signal: string
  readonly removeOrphans?: boolean
}

/** `kill`: sends a signal to the main processes. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: killCommand =>
    killCommand
      .description('Send a signal to running containers')
      .argument('[service...]')
      .option('--remove-orphans', 'Signal containers of services that the file does not declare too')
      .option('-s, --signal <signal>', 'Signal to send', 'SIGKILL'),
  examples: [
    ['tcompose kill -s HUP web', 'send a signal'],
    ['tcompose kill', 'end everything at once'],
  ],
  dryRun: 'plans',
  run: async (context, services, { signal, removeOrphans: withOrphans = false }) => {
    const { ports, request } = context
    const result = await untilInterrupted(
      context,
      ports.call(kill, request, { services, signal, withOrphans, isDryRun: context.isDryRun }),
    )
    const isIdle = result.kind === 'done' && result.names.length + result.errors.length === 0
    if (isIdle) ports.stderr.write('No container to kill\n')
    return reportContainers(context, result, 'Killed')
  },
})
