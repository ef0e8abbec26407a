import { createHash } from 'node:crypto'
import { type Digest, parseDigest } from '../../base/digest.ts'
import type { FileFacts } from '../../disk/bulk/file-facts.ts'
import { bytePath } from '../../disk/byte-path.ts'
import { clampTimes } from './clamp-times.ts'
import type { LayerIndex, LayerIndexEntry } from './layer-index.ts'
import { LayerIndexText, LayerIndexWriter } from './layer-index-file.ts'
import { type KnownFiles, layerTar } from './layer-tar.ts'

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
  readonly indexText: LayerIndexText
}

/** What may be known of the files of a layer, and who waits meanwhile. */
export interface SealHelp {
  readonly known?: KnownFiles
  /** Called now and then: gives way to others. */
  readonly rest?: () => Promise<void>
}

/** Hashes the archive of a layer, and each of its files. Nothing is stored. @throws {Error} As `layerTar`. */
export async function sealLayer(request: SealRequest, { known, rest }: SealHelp = {}): Promise<SealResult> {
  const { folder, clampSeconds } = request
  if (clampSeconds !== undefined) clampTimes(bytePath(folder), clampSeconds)
  const archive = createHash('sha256')
  const index = new LayerIndexWriter()
  let contentBytes = 0
  const onEntry = (entry: LayerIndexEntry, stats: FileFacts, isFirstName: boolean): void => {
    index.add(entry, stats)
    if (isFirstName) contentBytes += entry.size
  }
  const onKnown = (text: string, stats: FileFacts): void => {
    index.addText(text, stats)
    contentBytes += stats.size
  }
  for (const chunk of layerTar(folder, { onEntry, onKnown, ...(known && { known }) })) {
    archive.update(chunk)
    await rest?.()
  }
  const diffId = parseDigest(`sha256:${archive.digest('hex')}`)
  return { diffId, contentBytes, indexBytes: index.toBytes() }
}

/** Returns `result` with its index, which is read when it is asked for. */
export function sealedLayer(result: SealResult): SealedLayer {
  let text: LayerIndexText | undefined
  return {
    ...result,
    get index() {
      return this.indexText.entries()
    },
    get indexText() {
      text ??= LayerIndexText.open(result.indexBytes)
      if (text === undefined) throw new Error(`The index of layer ${result.diffId} is damaged in memory`)
      return text
    },
  }
}
