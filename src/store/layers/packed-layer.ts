import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { readSoundFile } from '../../disk/regular-file.ts'
import { writeAtomic } from '../../disk/write-atomic.ts'
import type { StorePaths } from '../store-paths.ts'
import { layersFolder, packedLayerFile } from './layer-paths.ts'

/** The blob that a layer is in a registry, or would be. It need not be in the store. */
export interface PackedLayer {
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
  readonly mediaType: string
}

/** The media type of a layer as a plain archive. */
export const PLAIN_LAYER = 'application/vnd.oci.image.layer.v1.tar'
/** The media type of a layer packed with gzip. */
export const GZIP_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
/** The media type of a layer packed with zstd. */
export const ZSTD_LAYER = 'application/vnd.oci.image.layer.v1.tar+zstd'

const NOTE = /^(sha256:[0-9a-f]{64}) (\d{1,15}) (\S{1,200})\n$/

/** Returns what is noted of the packed form of an unpacked layer; undefined where nothing is, or what is cannot be read. */
export function readPackedLayer(paths: StorePaths, diffId: Digest): PackedLayer | undefined {
  const text = readSoundFile(packedLayerFile(paths, diffId))
  const [, digest = '', size = '', mediaType = ''] = NOTE.exec(text ?? '') ?? []
  return digest === '' ? undefined : { digest: parseDigest(digest), size: Number(size), mediaType }
}

/** Notes what an unpacked layer is when it is packed. Not durable: it is found out again. */
export function notePackedLayer(
  paths: StorePaths,
  diffId: Digest,
  { digest, size, mediaType }: PackedLayer,
): void {
  const file = packedLayerFile(paths, diffId)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeAtomic(file, `${digest} ${size} ${mediaType}\n`, { temporaries: layersFolder(paths) })
}
