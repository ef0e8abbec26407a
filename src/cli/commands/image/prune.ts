import { images } from '../../../app/images.ts'
import { isConfirmed } from '../../confirm.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { listOption } from '../../options/global-options.ts'
import { untilOf } from '../../options/until-filter.ts'
import { prunedText } from '../../removed-images.ts'
import { humanSize } from '../../views/human-size.ts'

interface Values {
  readonly all?: boolean
  readonly filter?: readonly string[]
  readonly force?: boolean
}

/** `image prune`: removes images that no container needs, after a question unless `--force` is given. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: prune =>
    prune
      .description('Remove unused images that have no name')
      .option('-a, --all', 'Remove all unused images')
      .addOption(listOption('--filter <filter>', 'Remove only images created before until=TIME'))
      .option('-f, --force', 'Do not ask for confirmation'),
  examples: [
    ['tcompose image prune', 'remove images without a name'],
    ['tcompose image prune -a --filter until=720h', 'all that nothing has used for a month'],
  ],
  run: async (context, _args, { all = false, filter = [], force = false }) => {
    const { ports } = context
    const until = untilOf(filter, ports.now())
    const which = all ? 'images without at least one container associated to them' : 'dangling images'
    const warning = `WARNING! This will remove all ${which}.`
    if (!force && !(await isConfirmed(context, 'image prune', warning))) return EXIT.done
    const store = await ports.call(images)
    const removed = await store.prune({ all, ...(until === undefined ? {} : { until }) })
    ports.stdout.write(`${prunedText(removed)}Total reclaimed space: ${humanSize(removed.bytes)}\n`)
    return EXIT.done
  },
})
