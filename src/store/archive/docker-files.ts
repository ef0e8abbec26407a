import { decompressed } from '../../archive/decompress.ts'
import type { ArchiveFile } from '../../archive/tar-writer.ts'
import { digestHex } from '../../base/digest.ts'
import { readSlice } from '../../disk/file-slice.ts'
import { checkedBytes } from './checked-bytes.ts'
import { dockerTag } from './docker-tag.ts'
import type { LayerPart } from './image-parts.ts'
import type { SavedImage } from './saved-image.ts'

/**
 * Returns the files of an archive as `docker save` wrote it before it knew OCI, for tools that read no other: plain
 * layers, whose sizes are found by unpacking each once before.
 */
export async function dockerFiles(images: readonly SavedImage[]): Promise<readonly ArchiveFile[]> {
  const layers = new Map(
    images.flatMap(({ parts }) => parts.layers).map(layer => [layer.digest, layer] as const),
  )
  const sizes = new Map<string, number>()
  for (const [digest, layer] of layers) sizes.set(digest, await plainSize(layer))
  const configs = new Map(images.map(({ parts }) => [parts.id, parts.config] as const))
  const manifest = Buffer.from(
    JSON.stringify(
      images.map(({ parts, names }) => ({
        Config: configName(parts.config),
        RepoTags: names.flatMap(({ reference }) => dockerTag(reference) ?? []),
        Layers: parts.layers.map(layerName),
      })),
    ),
  )
  return [
    { name: 'manifest.json', size: manifest.length, content: manifest },
    ...[...configs.values()].map(config => ({
      name: configName(config),
      size: config.slice.size,
      content: checkedBytes(config),
    })),
    ...[...layers.values()].map(layer => ({
      name: layerName(layer),
      size: sizes.get(layer.digest) ?? 0,
      content: decompressed(checkedBytes(layer)),
    })),
  ]
}

async function plainSize(layer: LayerPart): Promise<number> {
  if (!('slice' in layer)) return layer.size
  let size = 0
  for await (const chunk of decompressed(readSlice(layer.slice))) size += chunk.length
  return size
}

function configName({ digest }: LayerPart): string {
  return `${digestHex(digest)}.json`
}

function layerName({ digest }: LayerPart): string {
  return `${digestHex(digest)}.tar`
}
