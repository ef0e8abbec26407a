import type { Digest } from '../../base/digest.ts'
import type { Roots } from '../state/layout.ts'
import { loadDocument, locateMember } from './content-source.ts'
import type { FileSlice } from './file-slice.ts'
import { parseDiffIds, parseImageConfig } from './image-config.ts'
import { type ImageRecord, imageFolders } from './image-record.ts'
import { hasLayer, layersFolder, storeLayer, sweepTemporaries } from './layer-store.ts'
import { type LocatedImage, withReference } from './local-source.ts'
import { UnpackPool } from './unpack-pool.ts'

/** How far a fetch has come. Only the layers count that were not there before. */
export interface FetchProgress {
  readonly layersDone: number
  readonly layersTotal: number
  /** Bytes of blobs, as they are stored. */
  readonly bytesDone: number
  readonly bytesTotal: number
}

/** What to unpack, and who hears of it. */
export interface UnpackImageRequest {
  readonly roots: Roots
  readonly reference: string
  readonly opened: LocatedImage
  readonly onProgress: (progress: FetchProgress) => void
}

/**
 * Unpacks the layers of an image that are not in the store, side by side, and returns the image's record. What
 * processes left behind that were killed in the middle of this is removed first.
 *
 * @throws {TcomposeError} `image-invalid` or `image-layer`; layers that could be unpacked stay.
 */
export async function unpackImage(request: UnpackImageRequest): Promise<Omit<ImageRecord, 'version'>> {
  const { roots, reference, opened } = request
  const { found, source } = opened
  const { config, layers } = withReference(reference, () => {
    const document = loadDocument(source, found.config)
    return { config: parseImageConfig(document), layers: pairLayers(opened, parseDiffIds(document)) }
  })
  await sweep(roots)
  await unpackMissing(request, [...new Map(layers.map(layer => [layer.diffId, layer])).values()])
  return {
    id: found.id,
    reference,
    config,
    content: { kind: 'layers', diffIds: topmost(layers.map(layer => layer.diffId)) },
  }
}

interface Layer {
  readonly diffId: Digest
  readonly blobDigest: Digest | undefined
  readonly blob: FileSlice
}

function pairLayers({ found, source }: LocatedImage, diffIds: readonly Digest[]): readonly Layer[] {
  if (diffIds.length !== found.layers.length) {
    throw new SyntaxError(
      `its configuration names ${diffIds.length} layers, expected ${found.layers.length} as in its manifest`,
    )
  }
  return found.layers.flatMap((member, index) => {
    const diffId = diffIds[index]
    return diffId === undefined
      ? []
      : { diffId, blobDigest: member.digest, blob: locateMember(source, member) }
  })
}

/**
 * Leaves one of several equal layers, the topmost: it covers what the lower ones hold, and overlayfs refuses a folder
 * that comes twice (ELOOP).
 */
function topmost(diffIds: readonly Digest[]): readonly Digest[] {
  return diffIds.filter((diffId, index) => diffIds.lastIndexOf(diffId) === index)
}

async function sweep(roots: Roots): Promise<void> {
  const { images, records, references } = imageFolders(roots)
  for (const folder of [layersFolder(roots), images, records, references]) await sweepTemporaries(folder)
}

/** Waits for every layer also when one fails: nothing may be at work when the caller hears of it. */
async function unpackMissing(request: UnpackImageRequest, layers: readonly Layer[]): Promise<void> {
  const { roots, onProgress } = request
  const missing = layers.filter(layer => !hasLayer(roots, layer.diffId))
  const counter = new ProgressCounter(missing, onProgress)
  await using pool = new UnpackPool(missing.map(layer => layer.blob.size))
  const results = await Promise.allSettled(
    missing.map(async layer => {
      await storeLayer(roots, layer.diffId, folder =>
        pool.unpack({ ...layer, folder }, bytes => counter.read(bytes)),
      )
      counter.layerDone()
    }),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

class ProgressCounter {
  #progress: FetchProgress
  readonly #onProgress: (progress: FetchProgress) => void

  constructor(layers: readonly Layer[], onProgress: (progress: FetchProgress) => void) {
    const bytesTotal = layers.reduce((sum, layer) => sum + layer.blob.size, 0)
    this.#progress = { layersDone: 0, layersTotal: layers.length, bytesDone: 0, bytesTotal }
    this.#onProgress = onProgress
  }

  read(bytes: number): void {
    this.#report({ ...this.#progress, bytesDone: this.#progress.bytesDone + bytes })
  }

  layerDone(): void {
    this.#report({ ...this.#progress, layersDone: this.#progress.layersDone + 1 })
  }

  #report(progress: FetchProgress): void {
    this.#progress = progress
    this.#onProgress(progress)
  }
}
