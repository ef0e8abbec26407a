import { isNamed, type ObservedContainer, type StoredImage } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { humanDuration } from '../views/human-duration.ts'
import { humanSize } from '../views/human-size.ts'
import { imageNameParts, NO_NAME, shortImageId } from '../views/image-name.ts'
import { safeJson } from '../views/safe-text.ts'
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
  const containers = found.containers.filter(({ service }) => isNamed(services, service))
  if (values.quiet) {
    const ids = new Set(containers.flatMap(({ imageId }) => imageId ?? []))
    ports.stdout.write([...ids].map(id => `${id.slice('sha256:'.length)}\n`).join(''))
    return EXIT.done
  }
  const images = containers.length === 0 ? [] : await untilInterrupted(context, app.images.list())
  const rows = containers.map(container => ({
    container,
    image: images.find(({ id }) => id === container.imageId),
  }))
  ports.stdout.write(values.format === 'json' ? `${safeJson(rows.map(rowJson))}\n` : table(rows, ports.now()))
  return EXIT.done
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
function rowJson({ container, image }: Row): object {
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
