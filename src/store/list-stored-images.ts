import { type Digest, parseDigest } from '../base/digest.ts'
import { type JsonObject, textAt } from '../base/json-reader.ts'
import type { ImageName, ImageUsers, StoredImage } from '../model/stored-image.ts'
import { splitImageKey } from './images/image-key.ts'
import { fetchedAt } from './images/image-record.ts'
import { layerSize } from './layers/layer-size.ts'
import { readDocument } from './read-document.ts'
import { imageIds, layersOf, readContents, type StoreContents } from './store-contents.ts'
import type { StorePaths } from './store-paths.ts'

/** Returns the images of the store, the newest first. A folder that a service runs from is none of them. */
export function listStoredImages(paths: StorePaths, users: ImageUsers): readonly StoredImage[] {
  const contents = readContents(paths)
  return storedImages(paths, contents, users).toSorted(
    (a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0) || (a.id < b.id ? -1 : 1),
  )
}

/** Returns the images that `contents` describes, in no order. */
export function storedImages(
  paths: StorePaths,
  contents: StoreContents,
  users: ImageUsers,
): readonly StoredImage[] {
  const ids = imageIds(contents).filter(id => contents.records.get(id)?.content.kind !== 'folder')
  const layers = new Map(ids.map(id => [id, layersOf(paths, contents, id)]))
  const counts = new Map<Digest, number>()
  for (const layer of [...layers.values()].flat()) counts.set(layer, (counts.get(layer) ?? 0) + 1)
  const sizeOf = (all: readonly Digest[]) => all.reduce((sum, layer) => sum + layerSize(paths, layer), 0)
  return ids.map(id => {
    const own = layers.get(id) ?? []
    return {
      id,
      names: namesOf(paths, contents, id),
      size: sizeOf(own),
      uniqueSize: sizeOf(own.filter(layer => counts.get(layer) === 1)),
      ...describe(readDocument(paths, id) ?? {}),
      labels: contents.records.get(id)?.config.labels ?? new Map(),
      containers: users.get(id) ?? [],
    }
  })
}

function namesOf(
  paths: StorePaths,
  { names, references, index }: StoreContents,
  id: Digest,
): readonly ImageName[] {
  return (names.get(id) ?? []).map(name => ({
    ...splitImageKey(name),
    digest: registryDigest(
      id,
      references.find(record => record.reference === name)?.fingerprint ??
        index.find(entry => entry.name === name)?.digest,
    ),
    givenAt: fetchedAt(paths, name),
  }))
}

/** The fingerprint of a local source is none; that of an image that no registry has is its id. */
function registryDigest(id: Digest, fingerprint: string | undefined): Digest | undefined {
  return fingerprint?.startsWith('sha256:') === true && fingerprint !== id
    ? parseDigest(fingerprint)
    : undefined
}

function describe(document: JsonObject): Pick<StoredImage, 'createdAt' | 'platform'> {
  try {
    const [os, architecture, variant] = ['os', 'architecture', 'variant'].map(key => textAt(document, key))
    const created = Date.parse(textAt(document, 'created') ?? '')
    return {
      createdAt: Number.isNaN(created) ? undefined : created,
      platform: architecture ? [os || 'linux', architecture, variant].filter(Boolean).join('/') : undefined,
    }
  } catch (error) {
    if (error instanceof SyntaxError) return { createdAt: undefined, platform: undefined }
    throw error
  }
}
