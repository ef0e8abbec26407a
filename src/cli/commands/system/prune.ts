import { images } from '../../../app/images.ts'
import { isConfirmed } from '../../confirm.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { listOption } from '../../options/global-options.ts'
import { untilOf } from '../../options/until-filter.ts'
import { prunedCacheText, prunedText } from '../../removed-images.ts'
import { humanSize } from '../../views/human-size.ts'

interface Values {
  readonly all?: boolean
  readonly filter?: readonly string[]
  readonly force?: boolean
  readonly volumes?: boolean
}

/**
 * `system prune`: removes what nothing needs, after a question unless `--force` is given. Containers and networks are
 * their projects'.
 */
export const command: CommandDefinition = defineCommand<Values>({
  describe: prune =>
    prune
      .description('Remove unused images and leftovers')
      .option('-a, --all', 'Remove all unused images, and with --volumes named volumes too')
      .addOption(listOption('--filter <filter>', 'Remove only images created before until=TIME'))
      .option('-f, --force', 'Do not ask for confirmation')
      .option('--volumes', 'Remove unused anonymous volumes too'),
  examples: [['tcompose system prune', 'remove what nothing needs']],
  run: async (context, _args, { all = false, filter = [], force = false, volumes = false }) => {
    const { ports } = context
    const until = untilOf(filter, ports.now())
    if (!force && !(await isConfirmed(context, 'system prune', warningText({ all, volumes })))) {
      return EXIT.done
    }
    const store = await ports.call(images)
    const removedVolumes = volumes ? await store.pruneVolumes({ all }) : { names: [], bytes: 0 }
    const choice = { all, ...(until === undefined ? {} : { until }) }
    const removed = await store.prune(choice)
    const cache = await store.pruneBuildCache(choice)
    const volumeLines = removedVolumes.names.map(name => `${name}\n`).join('')
    ports.stdout.write(
      [
        volumeLines === '' ? '' : `Deleted Volumes:\n${volumeLines}\n`,
        prunedText(removed),
        prunedCacheText(cache),
        `Total reclaimed space: ${humanSize(removed.bytes + removedVolumes.bytes + cache.bytes)}\n`,
      ].join(''),
    )
    return EXIT.done
  },
})

function warningText({ all, volumes }: { readonly all: boolean; readonly volumes: boolean }): string {
  return [
    'WARNING! This will remove:',
    ...(volumes ? [`  - all ${all ? '' : 'anonymous '}volumes not used by at least one project`] : []),
    all ? '  - all images without at least one container associated to them' : '  - all dangling images',
    '  - interrupted downloads and layers that no image needs',
    `  - ${all ? 'all' : 'dangling'} build cache`,
    '',
  ].join('\n')
}
