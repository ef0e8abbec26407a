import type { ObservedContainer } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { textTable } from '../views/text-table.ts'

export interface ImagesValues {
  readonly format: 'table' | 'json'
  readonly quiet?: boolean
}

/** Writes the image of each container. */
export async function listImages(
  context: CommandContext,
  services: readonly string[],
  values: ImagesValues,
): Promise<number> {
  const { ports, request } = context
  const app = await ports.loadApp()
  const found = await untilInterrupted(context, app.containers(request))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  const containers = found.containers.filter(
    ({ service }) => services.length === 0 || services.includes(service),
  )
  ports.stdout.write(imagesText(containers, values))
  return EXIT.done
}

function imagesText(containers: readonly ObservedContainer[], { quiet, format }: ImagesValues): string {
  if (quiet) {
    const ids = new Set(containers.flatMap(({ imageId }) => imageId ?? []))
    return [...ids].map(id => `${id.slice('sha256:'.length)}\n`).join('')
  }
  const rows = containers.map(imageRow)
  if (format === 'json') return `${JSON.stringify(rows)}\n`
  return textTable([
    ['CONTAINER', 'REPOSITORY', 'TAG', 'IMAGE ID'],
    ...rows.map(({ ContainerName, Repository, Tag, ID }) => [
      ContainerName,
      Repository,
      Tag,
      ID.replace('sha256:', '').slice(0, 12),
    ]),
  ])
}

/** The fields of Docker Compose, as far as they are known here. */
interface ImageRow {
  readonly ID: string
  readonly ContainerName: string
  readonly Repository: string
  readonly Tag: string
}

/** The tag stands behind the last colon, unless that belongs to a path or a digest follows it. */
function imageRow({ name, image, imageId }: ObservedContainer): ImageRow {
  const [named = image] = image.split('@sha256:')
  const [, repository = named, tag = ''] = named.startsWith('rootfs:')
    ? []
    : (/^(.+[^:]):([^/:]+)$/.exec(named) ?? [])
  return { ID: imageId ?? '', ContainerName: name, Repository: repository, Tag: tag }
}
