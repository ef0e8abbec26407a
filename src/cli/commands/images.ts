import { findContainers } from '../../app/find-containers.ts'
import { images as imageStore } from '../../app/images.ts'
import type { ObservedContainer, StoredImage } from '../../app/index.ts'
import { assertNever } from '../../base/assert-never.ts'
import { isNamed } from '../../base/named-services.ts'
import type { CliPorts } from '../cli-ports.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { type ListFormat, listFormatOption } from '../options/list-format.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { humanDuration } from '../views/human-duration.ts'
import { humanSize } from '../views/human-size.ts'
import { imageNameParts, NO_NAME, shortImageId } from '../views/image-name.ts'
import { safeJson } from '../views/safe-text.ts'
import type { TemplateEntry } from '../views/template-list.ts'
import { textTable } from '../views/text-table.ts'

interface Values {
  readonly format: ListFormat
  readonly quiet?: boolean
}

/** `images`: lists what the containers were made from. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: images =>
    images
      .description('List the images of containers')
      .argument('[service...]')
      .addOption(listFormatOption())
      .option('-q, --quiet', 'Show image IDs only'),
  examples: [['tcompose images', 'what containers were made from']],
  dryRun: 'reads',
  run: listImages,
})

async function listImages(
  context: CommandContext,
  services: readonly string[],
  values: Values,
): Promise<number> {
  const { ports, request } = context
  const found = await untilInterrupted(context, ports.call(findContainers, request))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  const containers = found.containers.filter(({ service }) => isNamed(services, service))
  if (values.quiet) {
    const ids = new Set(containers.flatMap(({ imageId }) => imageId ?? []))
    ports.stdout.write([...ids].map(id => `${id.slice('sha256:'.length)}\n`).join(''))
    return EXIT.done
  }
  const stored = containers.length === 0 ? [] : await untilInterrupted(context, storedImages(ports))
  const rows = containers.map(container => ({
    container,
    image: stored.find(({ id }) => id === container.imageId),
  }))
  ports.stdout.write(await rowsText(rows, values.format, ports.now()))
  return EXIT.done
}

async function rowsText(rows: readonly Row[], format: ListFormat, now: number): Promise<string> {
  switch (format.kind) {
    case 'table':
      return table(rows, now)
    case 'json':
      return `${safeJson(rows.map(rowJson))}\n`
    case 'template': {
      const { templateList } = await import('../views/template-list.ts')
      return templateList(format, rows.map(rowJson), { fields: FIELDS, headings: { ID: 'IMAGE ID' } })
    }
    default:
      return assertNever(format)
  }
}

const FIELDS: readonly string[] = [
  ...['ID', 'ContainerName', 'Repository', 'Tag', 'Platform', 'Size', 'Created', 'LastTagTime'],
]

async function storedImages({ call }: CliPorts): Promise<readonly StoredImage[]> {
  const store = await call(imageStore)
  return store.list()
}

/** A container, and its image where that is one of the store. */
interface Row {
  readonly container: ObservedContainer
  readonly image: StoredImage | undefined
}

function table(rows: readonly Row[], now: number): string {
  return textTable([
    ['CONTAINER', 'REPOSITORY', 'TAG', 'PLATFORM', 'IMAGE ID', 'SIZE', 'CREATED'],
    ...rows.map(({ container, image }) => {
      const { repository, tag } = imageNameParts(container.image)
      return [
        container.name,
        repository,
        tag ?? NO_NAME,
        image?.platform ?? '',
        shortImageId(container.imageId ?? ''),
        image === undefined ? 'N/A' : humanSize(image.size),
        image?.createdAt === undefined ? 'N/A' : `${humanDuration(now - image.createdAt)} ago`,
      ]
    }),
  ])
}

/** The fields of Docker Compose. */
function rowJson({ container, image }: Row): TemplateEntry {
  const { repository, tag } = imageNameParts(container.image)
  const given = Math.max(0, ...(image?.names ?? []).map(({ givenAt }) => givenAt ?? 0))
  return {
    ID: container.imageId ?? '',
    ContainerName: container.name,
    Repository: repository,
    Tag: tag ?? '',
    Platform: image?.platform ?? '',
    Size: image?.size ?? 0,
    ...(image?.createdAt === undefined ? {} : { Created: new Date(image.createdAt).toISOString() }),
    ...(given === 0 ? {} : { LastTagTime: new Date(given).toISOString() }),
  }
}
