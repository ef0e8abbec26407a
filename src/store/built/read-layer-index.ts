import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { isDiskFull } from '../../base/is-disk-full.ts'
import { releaseBytes } from '../../base/release-bytes.ts'
import { writeAtomic } from '../../disk/write-atomic.ts'
import { layerFolder, layerIndexFile, layersFolder } from '../layers/layer-paths.ts'
import type { StorePaths } from '../store-paths.ts'
import type { LayerIndex } from './layer-index.ts'
import { LayerIndexText, readIndexFile } from './layer-index-file.ts'
import { LayerSealer } from './layer-sealer.ts'

/**
 * Returns what is in an unpacked layer of the store. It was written down when a build made the layer; of one that was
 * pulled, and where that is missing or damaged, it is made from the files once and kept.
 *
 * @param sealer Makes it. @default one for this call
 * @throws {Error} If the layer is not there.
 */
export async function readLayerIndex(
  paths: StorePaths,
  diffId: Digest,
  sealer?: LayerSealer,
): Promise<LayerIndex> {
  return (await readLayerIndexText(paths, diffId, sealer)).entries()
}

/** Does `readLayerIndex` without making an object of each entry. @throws {Error} If the layer is not there. */
export async function readLayerIndexText(
  paths: StorePaths,
  diffId: Digest,
  sealer?: LayerSealer,
): Promise<LayerIndexText> {
  const bytes = readIndexFile(layerIndexFile(paths, diffId))
  const known = bytes === undefined ? undefined : LayerIndexText.open(bytes)
  if (bytes !== undefined) releaseBytes(bytes)
  if (known !== undefined) return known
  await using own = new LayerSealer()
  const { indexText, indexBytes } = await (sealer ?? own).seal(layerFolder(paths, diffId))
  keep(paths, diffId, indexBytes)
  return indexText
}

/** What a full disk does not take is made again. */
function keep(paths: StorePaths, diffId: Digest, bytes: Buffer): void {
  try {
    writeLayerIndex(paths, diffId, bytes)
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

/** Writes the index of a layer down, as a file's content. Not durable: what a power cut takes is made again. */
export function writeLayerIndex(paths: StorePaths, diffId: Digest, bytes: Buffer): void {
  const file = layerIndexFile(paths, diffId)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeAtomic(file, bytes, { temporaries: layersFolder(paths) })
}
