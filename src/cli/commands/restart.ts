import { restart } from '../../app/restart.ts'
import type { Millis } from '../../base/millis.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { timeoutOption } from '../options/option-values.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values {
  readonly timeout?: Millis
  readonly deps: boolean
}

/** `restart`: stops containers and starts them again. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: restartCommand =>
    restartCommand
      .description('Restart containers')
      .argument('[service...]')
      .addOption(timeoutOption())
      .option('--no-deps', 'Do not restart the services that depend on the restarted ones'),
  examples: [['tcompose restart web', 'stop one service and start it again']],
  dryRun: 'plans',
  run: (context, services, { timeout, deps }) => {
    const { ports, request } = context
    const options = { services, timeout, noDeps: !deps }
    return runWithProgress(context, {
      title: 'restart',
      run: hooks => ports.call(restart, { request, options, hooks }),
    })
  },
})
