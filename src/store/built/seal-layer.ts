import { createHash } from 'node:crypto'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { bytePath } from '../../disk/byte-path.ts'
import { clampTimes } from './clamp-times.ts'
import type { LayerIndex, LayerIndexEntry } from './layer-index.ts'
import { decodeLayerIndex, encodeLayerIndex } from './layer-index-file.ts'
import { layerTar } from './layer-tar.ts'

/** A layer to hash. Plain data: it is sent to worker threads. */
export interface SealRequest {
  /** The unpacked layer, to which nobody writes any more. */
  readonly folder: string
  /** Times later than this are set down to it on the files themselves: seconds since the epoch. @default none are */
  readonly clampSeconds?: number
}

/** What is known of a layer that was hashed, as it goes between threads and into the store. */
export interface SealResult {
  /** Digest of its archive. */
  readonly diffId: Digest
  /** Bytes of its files; further names of a file count nothing. */
  readonly contentBytes: number
  /** The index as a file. */
  readonly indexBytes: Buffer
}

/** A layer that was hashed: all that its archive is made of stays as it is from here on. */
export interface SealedLayer extends SealResult {
  readonly index: LayerIndex
}

/** Hashes the archive of a layer, and each of its files. Nothing is stored. @throws {Error} As `layerTar`. */
export function sealLayer({ folder, clampSeconds }: SealRequest): SealResult {
  if (clampSeconds !== undefined) clampTimes(bytePath(folder), clampSeconds)
  const archive = createHash('sha256')
  const index: LayerIndexEntry[] = []
  let contentBytes = 0
  const onEntry = (entry: LayerIndexEntry, isFirstName: boolean): void => {
    index.push(entry)
    if (isFirstName) contentBytes += entry.size
  }
  for (const chunk of layerTar(folder, onEntry)) archive.update(chunk)
  const diffId = parseDigest(`sha256:${archive.digest('hex')}`)
  return { diffId, contentBytes, indexBytes: encodeLayerIndex(index) }
}

/** Returns `result` with its index, which is read when it is asked for. */
export function sealedLayer(result: SealResult): SealedLayer {
  let index: LayerIndex | undefined
  return {
    ...result,
    get index() {
      index ??= decodeLayerIndex(result.indexBytes)
      if (index === undefined) throw new Error(`The index of layer ${result.diffId} is damaged in memory`)
      return index
    },
  }
}
