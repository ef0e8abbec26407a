import { LARGEST_DOCUMENT } from '../../archive/content-source.ts'
import type { ArchiveFile } from '../../archive/tar-writer.ts'
import { type Digest, digestHex } from '../../base/digest.ts'
import { loadSlice } from '../../disk/file-slice.ts'
import {
  CONTAINERD_NAME_ANNOTATION,
  REGISTRY_DIGEST_ANNOTATION,
  TAG_ANNOTATION,
} from '../../oci/image-layout.ts'
import { blobPath } from '../blobs/blob-path.ts'
import { INDEX_TYPE } from '../images/image-index.ts'
import type { StorePaths } from '../store-paths.ts'
import { checkedBytes } from './checked-bytes.ts'
import { dockerTag } from './docker-tag.ts'
import { type LayerPart, partSize } from './image-parts.ts'
import type { SavedImage, SavedName } from './saved-image.ts'

/**
 * Returns the files of an OCI image layout with `images`, which Docker reads too, by the `manifest.json` in it.
 * Documents come first, then each blob once, in the order of digests.
 */
export function ociFiles(paths: StorePaths, images: readonly SavedImage[]): readonly ArchiveFile[] {
  const documents = new Map(
    images.flatMap(({ parts, names }) => [
      [parts.manifest.digest, parts.manifest.bytes] as const,
      ...names.flatMap(({ index }) =>
        index === undefined ? [] : [[index, storedDocument(paths, index)] as const],
      ),
    ]),
  )
  const blobs = new Map(
    images
      .flatMap(({ parts }): readonly LayerPart[] => [parts.config, ...parts.layers])
      .map(blob => [blob.digest, blob] as const),
  )
  return [
    documentFile('oci-layout', { imageLayoutVersion: '1.0.0' }),
    documentFile('index.json', {
      schemaVersion: 2,
      mediaType: INDEX_TYPE,
      manifests: images.flatMap(indexEntries),
    }),
    documentFile('manifest.json', images.map(dockerEntry)),
    ...sorted(documents).map(([digest, bytes]) => bytesFile(blobName(digest), bytes)),
    ...sorted(blobs).map(([digest, blob]) => ({
      name: blobName(digest),
      size: partSize(blob),
      content: checkedBytes(blob),
    })),
  ]
}

/** An image without a name has an entry without one. */
function indexEntries({ parts, names }: SavedImage): readonly object[] {
  const { mediaType, digest, bytes } = parts.manifest
  const descriptor = { mediaType, digest, size: bytes.length }
  if (names.length === 0) return [descriptor]
  return names.map(name => ({ ...descriptor, annotations: annotationsOf(name) }))
}

function annotationsOf({ reference, index }: SavedName): object {
  return {
    ...(dockerTag(reference) === undefined ? {} : { [CONTAINERD_NAME_ANNOTATION]: reference }),
    ...(index === undefined ? {} : { [REGISTRY_DIGEST_ANNOTATION]: index }),
    [TAG_ANNOTATION]: reference,
  }
}

function dockerEntry({ parts, names }: SavedImage): object {
  return {
    Config: blobName(parts.id),
    RepoTags: names.flatMap(({ reference }) => dockerTag(reference) ?? []),
    Layers: parts.layers.map(({ digest }: LayerPart) => blobName(digest)),
  }
}

function storedDocument(paths: StorePaths, digest: Digest): Buffer {
  return loadSlice({ file: blobPath(paths, digest), offset: 0, size: LARGEST_DOCUMENT })
}

function documentFile(name: string, document: object): ArchiveFile {
  return bytesFile(name, Buffer.from(JSON.stringify(document)))
}

function bytesFile(name: string, bytes: Buffer): ArchiveFile {
  return { name, size: bytes.length, content: bytes }
}

function blobName(digest: Digest): string {
  return `blobs/sha256/${digestHex(digest)}`
}

function sorted<T>(map: ReadonlyMap<Digest, T>): readonly (readonly [Digest, T])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
}
