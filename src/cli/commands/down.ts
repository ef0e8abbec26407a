import { Option } from 'commander'
import { down } from '../../app/down.ts'
import type { Millis } from '../../base/millis.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { timeoutOption } from '../options/option-values.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { imageThing } from '../views/progress-words.ts'
import { writeStatus } from '../write-status.ts'

interface Values {
  readonly removeOrphans?: boolean
  readonly rmi?: 'local' | 'all'
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
      .addOption(
        new Option(
          '--rmi <images>',
          'Remove images of services too; local is those that are built and have no name in the file',
        ).choices(['local', 'all']),
      )
      .option('-v, --volumes', 'Remove named volumes of the file and anonymous volumes, with their data')
      .addOption(timeoutOption()),
  examples: [
    ['tcompose down', 'remove containers and networks; volumes stay'],
    ['tcompose down -v', 'remove volumes and their data too'],
    ['tcompose down --rmi local', 'remove the images that were built too'],
    ['tcompose -p shop down', 'without the file, by the name of the project'],
  ],
  dryRun: 'plans',
  run: async (context, services, { removeOrphans = false, volumes = false, timeout, rmi }) => {
    const { ports, request } = context
    const options = { services, removeOrphans, volumes, timeout, ...(rmi && { images: rmi }) }
    let removed: readonly string[] = []
    const exitCode = await runWithProgress(context, {
      title: 'down',
      run: async hooks => {
        const result = await ports.call(down, { request, options, hooks })
        removed = result.removedImages ?? []
        return result
      },
    })
    for (const label of removed) writeStatus(context, imageThing(label), 'Removed')
    return exitCode
  },
})
