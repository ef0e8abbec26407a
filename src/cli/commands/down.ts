import { down } from '../../app/down.ts'
import type { Millis } from '../../base/millis.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { timeoutOption } from '../options/option-values.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values {
  readonly removeOrphans?: boolean
  readonly volumes?: boolean
  readonly timeout?: Millis
}

/** `down`: stops and removes containers and networks. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: downCommand =>
    downCommand
      .description('Stop and remove containers and networks')
      .argument('[service...]')
      .option('--remove-orphans', 'Remove containers of services that the file does not declare')
      .option('-v, --volumes', 'Remove named volumes of the file and anonymous volumes, with their data')
      .addOption(timeoutOption()),
  examples: [
    ['tcompose down', 'remove containers and networks; volumes stay'],
    ['tcompose down -v', 'remove volumes and their data too'],
    ['tcompose -p shop down', 'without the file, by the name of the project'],
  ],
  dryRun: 'plans',
  run: (context, services, { removeOrphans = false, volumes = false, timeout }) => {
    const { ports, request } = context
    const options = { services, removeOrphans, volumes, timeout }
    return runWithProgress(context, {
      title: 'down',
      run: hooks => ports.call(down, { request, options, hooks }),
    })
  },
})
