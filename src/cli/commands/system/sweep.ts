import { sweep } from '../../../app/sweep.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { runWithProgress } from '../../run-with-progress.ts'

/** `system sweep`: removes what `run --rm` has left behind. The supervisor runs it when such a container has ended. */
export const command: CommandDefinition = defineCommand({
  describe: sweepCommand => sweepCommand.description('Remove containers of run --rm that have ended'),
  isHidden: true,
  examples: [],
  dryRun: 'plans',
  run: (context, _args) => {
    const { ports, request } = context
    return runWithProgress(context, {
      title: 'sweep',
      run: hooks => ports.call(sweep, { request, options: {}, hooks }),
    })
  },
})
