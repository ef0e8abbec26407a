import { Option } from 'commander'
import { images as imageStore } from '../../../app/images.ts'
import type { StoreUsage } from '../../../app/index.ts'
import type { CliPorts } from '../../cli-ports.ts'
import type { CommandContext } from '../../command-context.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { untilInterrupted } from '../../until-interrupted.ts'
import { commandText } from '../../views/container-words.ts'
import { humanDuration } from '../../views/human-duration.ts'
import { humanSize } from '../../views/human-size.ts'
import { imageNameParts, NO_NAME, shortImageId, shortImageName } from '../../views/image-name.ts'
import { safeJson } from '../../views/safe-text.ts'
import { textTable } from '../../views/text-table.ts'

interface Values {
  readonly format: 'table' | 'json'
  readonly verbose?: boolean
}

/** `system df`: writes what images, containers, volumes and caches of builds take up. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: df =>
    df
      .description('Show the disk usage of images, containers and volumes')
      .addOption(new Option('--format <format>', 'Output format').choices(['table', 'json']).default('table'))
      .option('-v, --verbose', 'Show each image, container and volume'),
  examples: [['tcompose system df', 'what images, containers, volumes and builds take up']],
  dryRun: 'reads',
  run: showUsage,
})

async function showUsage(
  context: CommandContext,
  _args: readonly string[],
  { format, verbose }: Values,
): Promise<number> {
  const { ports } = context
  const usage = await untilInterrupted(context, storeUsage(ports))
  const rows = usageRows(usage)
  if (format === 'json') ports.stdout.write(rows.map(row => `${safeJson(row)}\n`).join(''))
  else ports.stdout.write(verbose ? verboseText(usage, ports.now()) : usageTable(rows))
  return EXIT.done
}

async function storeUsage({ call }: CliPorts): Promise<StoreUsage> {
  const store = await call(imageStore)
  return store.usage()
}

/** The fields of Docker. */
interface UsageRow {
  readonly Type: string
  readonly TotalCount: string
  readonly Active: string
  readonly Size: string
  readonly Reclaimable: string
}

function usageRows({
  images,
  containers,
  volumes,
  layers,
  blobs,
  downloads,
  buildCache,
}: StoreUsage): readonly UsageRow[] {
  return [
    row('Images', {
      total: images.length,
      active: images.filter(image => image.containers.length > 0).length,
      bytes: layers.bytes + blobs.bytes,
      reclaimable: layers.reclaimable + blobs.reclaimable,
    }),
    row('Containers', {
      total: containers.length,
      active: containers.filter(({ isRunning }) => isRunning).length,
      bytes: sum(containers),
      reclaimable: sum(containers.filter(({ isRunning }) => !isRunning)),
    }),
    row('Local Volumes', {
      total: volumes.length,
      active: volumes.filter(({ links }) => links > 0).length,
      bytes: sum(volumes),
      reclaimable: sum(volumes.filter(({ links }) => links === 0)),
    }),
    row('Build Cache', { total: buildCache.count, ...buildCache }),
    row('Downloads', { total: downloads.count, ...downloads }),
  ]
}

interface Usage {
  readonly total: number
  readonly active: number
  readonly bytes: number
  readonly reclaimable: number
}

function row(type: string, { total, active, bytes, reclaimable }: Usage): UsageRow {
  const percent = bytes === 0 ? '' : ` (${Math.floor((100 * reclaimable) / bytes)}%)`
  return {
    Type: type,
    TotalCount: String(total),
    Active: String(active),
    Size: humanSize(bytes),
    Reclaimable: `${humanSize(reclaimable)}${percent}`,
  }
}

function usageTable(rows: readonly UsageRow[]): string {
  return textTable([
    ['TYPE', 'TOTAL', 'ACTIVE', 'SIZE', 'RECLAIMABLE'],
    ...rows.map(({ Type, TotalCount, Active, Size, Reclaimable }) => [
      Type,
      TotalCount,
      Active,
      Size,
      Reclaimable,
    ]),
  ])
}

function verboseText(
  { images, containers, volumes, layers, blobs, downloads, buildCache }: StoreUsage,
  now: number,
): string {
  const ago = (time: number | undefined) => (time === undefined ? 'N/A' : `${humanDuration(now - time)} ago`)
  const imageRows = images.flatMap(image => {
    const names = image.names.length === 0 ? [undefined] : image.names
    return names.map(name => {
      const parts = name === undefined ? undefined : imageNameParts(name.reference)
      return [
        parts?.repository ?? NO_NAME,
        parts?.tag ?? NO_NAME,
        shortImageId(image.id),
        ago(image.createdAt),
        humanSize(image.size),
        humanSize(image.size - image.uniqueSize),
        humanSize(image.uniqueSize),
        String(image.containers.length),
      ]
    })
  })
  const containerRows = containers.map(container => [
    container.id.slice(0, 12),
    shortImageName(container.image),
    commandText(container.command, false),
    String(container.volumes),
    humanSize(container.bytes),
    ago(container.createdAt),
    container.isRunning ? 'running' : 'stopped',
    container.name,
  ])
  const sections = [
    'Images space usage:\n\n',
    textTable([
      ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE', 'SHARED SIZE', 'UNIQUE SIZE', 'CONTAINERS'],
      ...imageRows,
    ]),
    `\nOn the disk: ${humanSize(layers.bytes)} unpacked, ${humanSize(blobs.bytes)} packed\n`,
    '\nContainers space usage:\n\n',
    textTable([
      ['CONTAINER ID', 'IMAGE', 'COMMAND', 'LOCAL VOLUMES', 'SIZE', 'CREATED', 'STATUS', 'NAMES'],
      ...containerRows,
    ]),
    '\nLocal Volumes space usage:\n\n',
    textTable([
      ['VOLUME NAME', 'LINKS', 'SIZE'],
      ...volumes.map(({ name, links, bytes }) => [name, String(links), humanSize(bytes)]),
    ]),
    `\nBuild cache: ${buildCache.count}, ${humanSize(buildCache.bytes)}\n`,
    `\nDownloads: ${downloads.count}, ${humanSize(downloads.bytes)}\n`,
  ]
  return sections.join('')
}

function sum(things: readonly { readonly bytes: number }[]): number {
  return things.reduce((total, { bytes }) => total + bytes, 0)
}
