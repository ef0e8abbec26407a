import { statSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import type { Image } from '../../model/image.ts'
import { areLayersOwn } from '../layers/layer-origin.ts'
import { hasLayer, layerPath } from '../layers/layer-store.ts'
import type { StorePaths } from '../store-paths.ts'
import { type ImageRecord, mountedLayers, readImageRecord } from './image-record.ts'

/** Opens an image by its id, also when its source is gone; undefined if it is not unpacked. */
export function imageById(paths: StorePaths, id: Digest): Image | undefined {
  const record = readImageRecord(paths, id)
  return record !== undefined && isUnpacked(paths, record) ? imageOf(paths, record) : undefined
}

/** Tells whether all that a container of the image mounts is there. */
export function isUnpacked(paths: StorePaths, { content }: Pick<ImageRecord, 'content'>): boolean {
  if (content.kind === 'folder') return isFolder(content.path)
  return areLayersOwn(paths) && mountedLayers(content).every(id => hasLayer(paths, id))
}

/** Returns the image that a record describes. */
export function imageOf(
  paths: StorePaths,
  { reference, id, config, platform, content }: Omit<ImageRecord, 'version'>,
): Image {
  const parts = { reference, id, config, ...(platform && { platform }) }
  if (content.kind === 'folder') return { ...parts, layers: [content.path], isFolder: true }
  return { ...parts, layers: mountedLayers(content).map(diffId => layerPath(paths, diffId)) }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
