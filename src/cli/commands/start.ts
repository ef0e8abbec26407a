import { start } from '../../app/start.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { runWithProgress } from '../run-with-progress.ts'

/** `start`: starts containers that exist. */
export const command: CommandDefinition = defineCommand({
  describe: startCommand => startCommand.description('Start existing containers').argument('[service...]'),
  examples: [
    ['tcompose start', 'start what was stopped'],
    ['tcompose start db', 'one service'],
  ],
  dryRun: 'plans',
  run: (context, services) => {
    const { ports, request } = context
    const options = { services, timeout: undefined }
    return runWithProgress(context, {
      title: 'start',
      run: hooks => ports.call(start, { request, options, hooks }),
    })
  },
})
