import { statSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import type { Image } from '../../model/image.ts'
import { areLayersOwn } from '../layers/layer-origin.ts'
import { hasLayer, layerPath } from '../layers/layer-store.ts'
import type { StorePaths } from '../store-paths.ts'
import { type ImageRecord, mountedLayers, readImageRecord } from './image-record.ts'

/** Opens an image by its id, also when its source is gone; undefined if it is not unpacked. */
export function imageById(roots: StorePaths, id: Digest): Image | undefined {
  const record = readImageRecord(roots, id)
  return record !== undefined && isUnpacked(roots, record) ? imageOf(roots, record) : undefined
}

/** Tells whether all that a container of the image mounts is there. */
export function isUnpacked(roots: StorePaths, { content }: Pick<ImageRecord, 'content'>): boolean {
  if (content.kind === 'folder') return isFolder(content.path)
  return areLayersOwn(roots) && mountedLayers(content).every(id => hasLayer(roots, id))
}

/** Returns the image that a record describes. */
export function imageOf(
  roots: StorePaths,
  { reference, id, config, platform, content }: Omit<ImageRecord, 'version'>,
): Image {
  const parts = { reference, id, config, ...(platform && { platform }) }
  if (content.kind === 'folder') return { ...parts, layers: [content.path], isFolder: true }
  return { ...parts, layers: mountedLayers(content).map(diffId => layerPath(roots, diffId)) }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
