import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { trySharedLock } from '../disk/flock.ts'
import type { ImageUsage, ImageUsers } from '../model/stored-image.ts'
import { buildCacheUsage } from './built/build-cache-usage.ts'
import { listStepRecords } from './built/step-records.ts'
import { imageFolders } from './images/image-record.ts'
import { layersFolder } from './layers/layer-paths.ts'
import { layerSize } from './layers/layer-size.ts'
import { storedImages } from './list-stored-images.ts'
import { reachableFrom, withoutImages } from './reachable.ts'
import { imageIds, readContents } from './store-contents.ts'
import { digestsIn, fileOfDigest } from './store-files.ts'
import type { StorePaths } from './store-paths.ts'

/**
 * Returns what the images take up, as it is at this moment, as far as records can be read; nothing is locked.
 * Reclaimable is what a prune of all images would free.
 */
export function readImageUsage(paths: StorePaths, users: ImageUsers): ImageUsage {
  const contents = readContents(paths)
  const unused = imageIds(contents).filter(id => !users.has(id))
  const names = new Set(unused.flatMap(id => contents.names.get(id) ?? []))
  const needed = reachableFrom(paths, withoutImages(contents, { names, images: new Set(unused) }))
  const ofImages = reachableFrom(paths, contents).layers
  const steps = listStepRecords(paths)
  const ofSteps = new Set(steps.map(({ record }) => record.diffId))
  const { images } = imageFolders(paths)
  const layers = digestsIn(join(layersFolder(paths), 'sha256'))
    .filter(diffId => ofImages.has(diffId) || !ofSteps.has(diffId))
    .map(diffId => [diffId, layerSize(paths, diffId)] as const)
  return {
    images: storedImages(paths, contents, users),
    layers: sumOf(layers, new Set([...needed.layers, ...ofSteps])),
    blobs: sumOf(sizedFiles(join(images, 'blobs/sha256')), needed.blobs),
    downloads: downloadsIn(join(images, 'partial')),
    buildCache: buildCacheUsage(paths, { steps, elsewhere: ofImages }),
  }
}

type Sized = readonly (readonly [Digest, number])[]

function sumOf(sized: Sized, needed: ReadonlySet<string>): ImageUsage['layers'] {
  const total = (part: Sized) => part.reduce((sum, [, bytes]) => sum + bytes, 0)
  return { bytes: total(sized), reclaimable: total(sized.filter(([digest]) => !needed.has(digest))) }
}

function sizedFiles(folder: string): Sized {
  return digestsIn(folder).map(digest => [
    digest,
    statSync(fileOfDigest(folder, digest), { throwIfNoEntry: false })?.size ?? 0,
  ])
}

/** Bytes that came of downloads that are under way, or were cut short. */
function downloadsIn(folder: string): ImageUsage['downloads'] {
  const files = sizedFiles(folder)
  const active = files.filter(([digest]) => isLocked(fileOfDigest(folder, digest)))
  const { bytes, reclaimable } = sumOf(files, new Set(active.map(([digest]) => digest)))
  return { count: files.length, active: active.length, bytes, reclaimable }
}

/** A download holds the lock of its file. */
function isLocked(file: string): boolean {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return false
  using lock = trySharedLock(file)
  return lock === undefined
}
