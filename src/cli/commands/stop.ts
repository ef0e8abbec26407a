import { stop } from '../../app/stop.ts'
import type { Millis } from '../../base/millis.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { timeoutOption } from '../options/option-values.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values {
  readonly timeout?: Millis
}

/** `stop`: stops containers and keeps them. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: stopCommand =>
    stopCommand
      .description('Stop containers without removing them')
      .argument('[service...]')
      .addOption(timeoutOption()),
  examples: [
    ['tcompose stop', 'stop everything, and keep it'],
    ['tcompose stop -t 60 db', 'give a service a minute to end'],
  ],
  dryRun: 'plans',
  run: (context, services, { timeout }) => {
    const { ports, request } = context
    const options = { services, timeout }
    return runWithProgress(context, {
      title: 'stop',
      run: hooks => ports.call(stop, { request, options, hooks }),
    })
  },
})
