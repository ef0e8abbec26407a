import { unpause } from '../../app/unpause.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { reportContainers } from '../report-containers.ts'
import { untilInterrupted } from '../until-interrupted.ts'

/** `unpause`: lets paused containers run again. */
export const command: CommandDefinition = defineCommand({
  describe: unpauseCommand =>
    unpauseCommand.description('Let paused containers run again').argument('[service...]'),
  examples: [['tcompose unpause worker', 'let one service run again']],
  dryRun: 'plans',
  run: async (context, services) => {
    const { ports, request } = context
    return reportContainers(
      context,
      await untilInterrupted(context, ports.call(unpause, request, { services, isDryRun: context.isDryRun })),
      'Unpaused',
    )
  },
})
