import { pause } from '../../app/pause.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { reportContainers } from '../report-containers.ts'
import { untilInterrupted } from '../until-interrupted.ts'

/** `pause`: freezes the processes of containers. */
export const command: CommandDefinition = defineCommand({
  describe: pauseCommand =>
    pauseCommand.description('Freeze the processes of running containers').argument('[service...]'),
  examples: [
    ['tcompose pause', 'freeze the whole project'],
    ['tcompose pause worker', 'freeze one service; it keeps its memory and connections'],
  ],
  dryRun: 'plans',
  run: async (context, services) => {
    const { ports, request } = context
    return reportContainers(
      context,
      await untilInterrupted(context, ports.call(pause, request, { services, isDryRun: context.isDryRun })),
      'Paused',
    )
  },
})
