import { loadDocument, type Member } from '../../archive/content-source.ts'
import type { Digest } from '../../base/digest.ts'
import type { JsonObject } from '../../base/json-reader.ts'
import type { FetchProgress } from '../../model/fetch-progress.ts'
import type { PlatformName } from '../../model/platform.ts'
import { parseDiffIds, parseImageConfig } from '../../oci/image-config.ts'
import { platformOf } from '../../oci/image-layout.ts'
import { platformName } from '../../oci/platform.ts'
import { withReference } from '../../oci/with-reference.ts'
import { type BlobProvider, sourceBlobs } from '../blobs/blob-provider.ts'
import { dropForeignLayers } from '../drop-foreign-layers.ts'
import { type ImageRecord, imageFolders } from '../images/image-record.ts'
import type { LocatedImage } from '../images/located-image.ts'
import { type Lease, sweepLeases } from '../lease.ts'
import type { StorePaths } from '../store-paths.ts'
import { LayerArrival, type WantedLayer } from './layer-arrival.ts'
import { layersFolder } from './layer-paths.ts'
import { hasLayer, sweepTemporaries, syncLayerNames } from './layer-store.ts'
import { layersContent } from './layers-content.ts'
import { UnpackPool } from './unpack-pool.ts'

/** What to unpack, and the listeners. */
export interface UnpackImageRequest {
  readonly paths: StorePaths
  readonly reference: string
  readonly opened: LocatedImage
  /** Keeps what is made until a record names it. */
  readonly lease: Lease
  /** Tells whether containers may run on layers of the store. */
  readonly areLayersInUse: () => boolean
  /** @default the files of `opened` */
  readonly blobs?: BlobProvider
  readonly onProgress: (progress: FetchProgress) => void
}

/**
 * Unpacks the layers of an image that are not in the store, side by side, and returns the image's record. What
 * processes left behind that were killed in the middle of this is removed first.
 *
 * @throws {TcomposeError} `image-invalid` or `image-layer`; layers that could be unpacked stay.
 */
export async function unpackImage(request: UnpackImageRequest): Promise<Omit<ImageRecord, 'version'>> {
  const { paths, reference, opened } = request
  const { found, source } = opened
  const blobs = request.blobs ?? sourceBlobs(source)
  const { config, platform, layers } = withReference(reference, () => {
    const document = loadDocument(source, found.config)
    const diffIds = parseDiffIds(document)
    return {
      config: parseImageConfig(document),
      platform: platformIn(document),
      layers: pairLayers(found.layers, diffIds, blobs),
    }
  })
  await sweep(request)
  const distinct = [...new Map(layers.map(layer => [layer.diffId, layer])).values()]
  await unpackMissing(request, blobs, distinct)
  const diffIds = layers.map(layer => layer.diffId)
  return {
    id: found.id,
    reference,
    config,
    ...(platform && { platform }),
    content: await layersContent(paths, diffIds, request.lease),
  }
}

/** Returns what the configuration of an image says it is made for. @throws {SyntaxError} If it is no platform. */
export function platformIn(config: JsonObject): PlatformName | undefined {
  const platform = platformOf(config)
  return platform === undefined ? undefined : platformName(platform)
}

function pairLayers(
  members: readonly Member[],
  diffIds: readonly Digest[],
  blobs: BlobProvider,
): readonly WantedLayer[] {
  if (diffIds.length !== members.length) {
    throw new SyntaxError(
      `its configuration names ${diffIds.length} layers, expected ${members.length} as in its manifest`,
    )
  }
  return members.flatMap((member, index) => {
    const diffId = diffIds[index]
    if (diffId === undefined) return []
    return { diffId, member, size: blobs.sizeOf(member), isPresent: blobs.has(member) }
  })
}

async function sweep({ paths, areLayersInUse }: UnpackImageRequest): Promise<void> {
  await dropForeignLayers(paths, areLayersInUse)
  const { images, records, references } = imageFolders(paths)
  for (const folder of [layersFolder(paths), images, records, references]) await sweepTemporaries(folder)
  sweepLeases(paths)
}

/**
 * Layers are unpacked while their blobs and those of others still arrive. Waits for every layer also when one fails:
 * nothing may still run when the caller learns of it.
 */
async function unpackMissing(
  { paths, onProgress }: UnpackImageRequest,
  blobs: BlobProvider,
  layers: readonly WantedLayer[],
): Promise<void> {
  const missing = layers.filter(layer => !layer.isPresent || !hasLayer(paths, layer.diffId))
  const counter = new ProgressCounter(missing, onProgress)
  if (missing.length === 0) return
  await using pool = new UnpackPool(missing)
  const arrival = new LayerArrival(paths, blobs, pool)
  const results = await Promise.allSettled(
    missing.map(async layer => {
      const count = (bytes: number) => (layer.isPresent ? counter.unpacked(bytes) : counter.came(bytes))
      await arrival.bring(layer, count)
      counter.layerDone()
    }),
  )
  syncLayerNames(paths)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

class ProgressCounter {
  #progress: FetchProgress
  #bytesToCome: number
  readonly #onProgress: (progress: FetchProgress) => void

  constructor(layers: readonly WantedLayer[], onProgress: (progress: FetchProgress) => void) {
    const bytesTotal = bytesOfAll(layers)
    this.#bytesToCome = bytesOfAll(layers.filter(layer => !layer.isPresent))
    const isAllHere = this.#bytesToCome === 0
    this.#progress = { isAllHere, layersDone: 0, layersTotal: layers.length, bytesDone: 0, bytesTotal }
    this.#onProgress = onProgress
  }

  /** @param bytes Negative where bytes that were counted are thrown away. */
  came(bytes: number): void {
    this.#bytesToCome -= bytes
    this.unpacked(bytes)
  }

  unpacked(bytes: number): void {
    const isAllHere = this.#bytesToCome <= 0
    this.#report({ ...this.#progress, isAllHere, bytesDone: this.#progress.bytesDone + bytes })
  }

  layerDone(): void {
    this.#report({ ...this.#progress, layersDone: this.#progress.layersDone + 1 })
  }

  #report(progress: FetchProgress): void {
    this.#progress = progress
    this.#onProgress(progress)
  }
}

function bytesOfAll(layers: readonly WantedLayer[]): number {
  return layers.reduce((sum, layer) => sum + layer.size, 0)
}
