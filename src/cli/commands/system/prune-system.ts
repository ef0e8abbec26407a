import type { CommandContext } from '../../command-context.ts'
import { isConfirmed } from '../../confirm.ts'
import { EXIT } from '../../exit-codes.ts'
import { humanSize } from '../../views/human-size.ts'
import { deletedText, untilOf } from '../image/prune-images.ts'

export interface SystemPruneValues {
  readonly all?: boolean
  readonly filter?: readonly string[]
  readonly force?: boolean
  readonly volumes?: boolean
}

/** Removes what nothing needs, after a question unless `--force` is given. Containers and networks are their projects'. */
export async function pruneSystem(context: CommandContext, values: SystemPruneValues): Promise<number> {
  const { ports } = context
  const { all = false, volumes = false } = values
  const until = untilOf(values.filter ?? [], ports.now())
  if (!values.force && !(await isConfirmed(context, 'system prune', warningText({ all, volumes })))) {
    return EXIT.done
  }
  const app = await ports.loadApp()
  const removedVolumes = volumes ? await app.images.pruneVolumes({ all }) : { names: [], bytes: 0 }
  const removed = await app.images.prune({ all, ...(until === undefined ? {} : { until }) })
  const volumeLines = removedVolumes.names.map(name => `${name}\n`).join('')
  ports.stdout.write(
    [
      volumeLines === '' ? '' : `Deleted Volumes:\n${volumeLines}\n`,
      deletedText(removed),
      `Total reclaimed space: ${humanSize(removed.bytes + removedVolumes.bytes)}\n`,
    ].join(''),
  )
  return EXIT.done
}

function warningText({ all, volumes }: { readonly all: boolean; readonly volumes: boolean }): string {
  return [
    'WARNING! This will remove:',
    ...(volumes ? [`  - all ${all ? '' : 'anonymous '}volumes not used by at least one project`] : []),
    all ? '  - all images without at least one container associated to them' : '  - all dangling images',
    '  - downloads that were cut short, and what nothing leads to',
    '',
  ].join('\n')
}
