import type { Engine } from '../engine/engine.ts'
import {
  entriesOf,
  type MapNode,
  mapAt,
  nodeAt,
  scalarAt,
  stringOf,
  withEntry,
} from '../parser/document/node.ts'
import { mapEach, update } from '../parser/normalise/update.ts'

/**
 * Returns `document` with the images of its services named by their digests; with `lock`, those images alone.
 *
 * @throws {TcomposeError} If an image cannot be found.
 */
export async function pinImages(
  engine: Engine,
  document: MapNode,
  mode: 'resolve' | 'lock',
): Promise<MapNode> {
  const pinned = new Map<string, string>()
  for (const image of imagesOf(document)) pinned.set(image, await engine.pinImage(image))
  const services = update(document, 'services', section =>
    mapEach(section, service => {
      const image = service.entries.get('image')?.value
      const name = pinned.get(stringOf(image) ?? '')
      const value = image === undefined || name === undefined ? undefined : scalarAt(image, name)
      if (mode === 'resolve') return value === undefined ? service : withEntry(service, 'image', value)
      return mapAt(service, [['image', value]])
    }),
  )
  if (mode === 'resolve') return services
  return mapAt(document, [['services', services.entries.get('services')?.value]])
}

function imagesOf(document: MapNode): ReadonlySet<string> {
  const services = [...entriesOf(nodeAt(document, ['services'])).values()]
  return new Set(services.flatMap(({ value }) => stringOf(nodeAt(value, ['image'])) ?? []))
}
