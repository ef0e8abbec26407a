import type { Engine } from '../engine/engine.ts'
import {
  entriesOf,
  itemsOf,
  listAt,
  type MapNode,
  mapAt,
  type Node,
  nodeAt,
  scalarAt,
  stringOf,
} from '../parser/document/node.ts'
import { mapEach, mapItems, update } from '../parser/normalise/update.ts'

/**
 * Returns `document` with the images of its services and image mounts named by their digests; with `lock`, those alone.
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
  const pin: Pin = name => {
    const digest = pinned.get(stringOf(name) ?? '')
    return digest === undefined ? name : scalarAt(name, digest)
  }
  const services = update(document, 'services', section =>
    mapEach(section, service => (mode === 'resolve' ? pinService(service, pin) : lockOf(service, pin))),
  )
  if (mode === 'resolve') return services
  return mapAt(document, [['services', services.entries.get('services')?.value]])
}

type Pin = (name: Node) => Node

function pinService(service: MapNode, pin: Pin): MapNode {
  return update(update(service, 'image', pin), 'volumes', mounts =>
    mapItems(mounts, mount => pinMount(mount, pin)),
  )
}

/** An image mount is locked whole: by its target it replaces that of the file below. */
function lockOf(service: MapNode, pin: Pin): MapNode {
  const image = service.entries.get('image')?.value
  const volumes = service.entries.get('volumes')?.value
  const mounts = mapsIn(volumes).filter(isImageMount)
  const pinned = mounts.map(mount => pinMount(mount, pin))
  return mapAt(service, [
    ['image', image === undefined ? undefined : pin(image)],
    ['volumes', volumes === undefined || pinned.length === 0 ? undefined : listAt(volumes, pinned)],
  ])
}

function pinMount(mount: MapNode, pin: Pin): MapNode {
  return isImageMount(mount) ? update(mount, 'source', pin) : mount
}

function isImageMount(mount: MapNode): boolean {
  return stringOf(mount.entries.get('type')?.value) === 'image'
}

function mapsIn(list: Node | undefined): readonly MapNode[] {
  return itemsOf(list).flatMap(item => (item.kind === 'map' ? [item] : []))
}

function imagesOf(document: MapNode): ReadonlySet<string> {
  const services = [...entriesOf(nodeAt(document, ['services'])).values()]
  const names = services.flatMap(({ value }) => [
    nodeAt(value, ['image']),
    ...mapsIn(nodeAt(value, ['volumes']))
      .filter(isImageMount)
      .map(mount => nodeAt(mount, ['source'])),
  ])
  return new Set(names.flatMap(name => stringOf(name) ?? []))
}
