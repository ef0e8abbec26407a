import { matchesGlob } from 'node:path'
import { images } from '../../../app/images.ts'
import type { ImageName, StoredImage } from '../../../app/index.ts'
import { assertNever } from '../../../base/assert-never.ts'
import type { CliPorts } from '../../cli-ports.ts'
import type { CommandContext } from '../../command-context.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { listOption } from '../../options/global-options.ts'
import { type ListFormat, listFormatOption } from '../../options/list-format.ts'
import { untilInterrupted } from '../../until-interrupted.ts'
import { UsageError } from '../../usage-error.ts'
import { humanDuration } from '../../views/human-duration.ts'
import { humanSize } from '../../views/human-size.ts'
import { imageNameParts, NO_NAME, shortImageId, shortImageName } from '../../views/image-name.ts'
import { safeJson } from '../../views/safe-text.ts'
import { textTable } from '../../views/text-table.ts'

interface Values {
  readonly all?: boolean
  readonly digests?: boolean
  readonly filter?: readonly string[]
  readonly format: ListFormat
  readonly trunc: boolean
  readonly quiet?: boolean
}

/** `image ls`: writes the images of the store, a line for each name. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: ls =>
    ls
      .alias('list')
      .description('List images')
      .argument('[repository[:tag]]')
      .option('-a, --all', 'Show all images, as is the default')
      .option('--digests', 'Show digests')
      .addOption(listOption('-f, --filter <filter>', 'Filter by dangling=true|false or reference=PATTERN'))
      .addOption(listFormatOption())
      .option('--no-trunc', 'Do not truncate IDs')
      .option('-q, --quiet', 'Show image IDs only'),
  examples: [
    ['tcompose image ls', 'every image'],
    ['tcompose image ls --filter dangling=true', 'those without a name'],
  ],
  dryRun: 'reads',
  run: listImages,
})

async function listImages(
  context: CommandContext,
  [pattern]: readonly string[],
  values: Values,
): Promise<number> {
  const { ports } = context
  const filters = (values.filter ?? []).map(parseFilter)
  const named = pattern === undefined ? [] : [referenceFilter(pattern)]
  const stored = await untilInterrupted(context, storedImages(ports))
  const rows = stored.flatMap(rowsOf).filter(row => [...filters, ...named].every(filter => filter(row)))
  ports.stdout.write(await rowsText(rows, values, ports.now()))
  return EXIT.done
}

async function storedImages({ call }: CliPorts): Promise<readonly StoredImage[]> {
  const store = await call(images)
  return store.list()
}

/** One line: an image under one of its names, or under none. */
interface ImageRow {
  readonly image: StoredImage
  readonly name: ImageName | undefined
}

function rowsOf(image: StoredImage): readonly ImageRow[] {
  if (image.names.length === 0) return [{ image, name: undefined }]
  return image.names.map(name => ({ image, name }))
}

type RowFilter = (row: ImageRow) => boolean

/** @throws {UsageError} If `text` is no filter. */
function parseFilter(text: string): RowFilter {
  const [, key, value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? []
  if (key === 'reference') return referenceFilter(value)
  if (key === 'dangling' && /^(true|1|false|0)$/.test(value)) {
    return ({ name }) => (name === undefined) === /^(true|1)$/.test(value)
  }
  throw new UsageError(
    `there is no filter "${text}"`,
    'Write --filter dangling=true, dangling=false or reference=PATTERN',
  )
}

/** A pattern may leave out the tag; `*` matches anything but a slash. */
function referenceFilter(pattern: string): RowFilter {
  return ({ name }) => {
    if (name === undefined) return false
    const short = shortImageName(name.reference)
    const { repository } = imageNameParts(name.reference)
    return [short, repository, name.reference].some(text => matchesGlob(text, pattern))
  }
}

async function rowsText(rows: readonly ImageRow[], values: Values, now: number): Promise<string> {
  const idOf = ({ image }: ImageRow) => (values.trunc ? shortImageId(image.id) : image.id)
  if (values.quiet) return [...new Set(rows.map(idOf))].map(id => `${id}\n`).join('')
  const { format, digests } = values
  const entries = rows.map(row => rowJson(row, idOf(row), now))
  switch (format.kind) {
    case 'table':
      return imageTable(entries, digests ?? false)
    case 'json':
      return entries.map(entry => `${safeJson(entry)}\n`).join('')
    case 'template': {
      const { templateList } = await import('../../views/template-list.ts')
      return templateList(format, entries, {
        fields: FIELDS,
        headings: { ID: 'IMAGE ID', CreatedSince: 'CREATED' },
      })
    }
    default:
      return assertNever(format)
  }
}

const FIELDS: readonly (keyof ImageEntry)[] = [
  ...(['Containers', 'CreatedAt', 'CreatedSince', 'Digest', 'ID', 'Platform', 'Repository'] as const),
  ...(['SharedSize', 'Size', 'Tag', 'UniqueSize'] as const),
]

function imageTable(entries: readonly ImageEntry[], hasDigests: boolean): string {
  return textTable([
    ['REPOSITORY', 'TAG', ...(hasDigests ? ['DIGEST'] : []), 'PLATFORM', 'IMAGE ID', 'CREATED', 'SIZE'],
    ...entries.map(({ Repository, Tag, Digest, Platform, ID, CreatedSince, Size }) => [
      ...[Repository, Tag, ...(hasDigests ? [Digest] : []), Platform, ID, CreatedSince, Size],
    ]),
  ])
}

type ImageEntry = ReturnType<typeof rowJson>

/** The fields of Docker, and the platform. */
function rowJson({ image, name }: ImageRow, id: string, now: number) {
  const { createdAt, containers, size, uniqueSize } = image
  const parts = name === undefined ? undefined : imageNameParts(name.reference)
  return {
    Containers: String(containers.length),
    CreatedAt: createdAt === undefined ? 'N/A' : new Date(createdAt).toISOString(),
    CreatedSince: createdAt === undefined ? 'N/A' : `${humanDuration(now - createdAt)} ago`,
    Digest: name?.digest ?? NO_NAME,
    ID: id,
    Platform: image.platform ?? '',
    Repository: parts?.repository ?? NO_NAME,
    SharedSize: humanSize(size - uniqueSize),
    Size: humanSize(size),
    Tag: parts?.tag ?? NO_NAME,
    UniqueSize: humanSize(uniqueSize),
  }
}
