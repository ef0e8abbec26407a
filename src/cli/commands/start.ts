import { start } from '../../app/start.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { addWaitOptions, type WaitValues, waitOf } from '../options/wait-options.ts'
import { runWithProgress } from '../run-with-progress.ts'

/** `start`: starts containers that exist. */
export const command: CommandDefinition = defineCommand<WaitValues>({
  describe: startCommand =>
    addWaitOptions(startCommand.description('Start existing containers').argument('[service...]'), {
      wait: 'Wait until services run or are healthy',
    }),
  examples: [
    ['tcompose start', 'start what was stopped'],
    ['tcompose start db', 'one service'],
  ],
  dryRun: 'plans',
  run: (context, services, values) => {
    const { ports, request } = context
    const options = { services, timeout: undefined, ...(values.wait && { wait: waitOf(values) }) }
    return runWithProgress(context, {
      title: 'start',
      run: hooks => ports.call(start, { request, options, hooks }),
    })
  },
})
