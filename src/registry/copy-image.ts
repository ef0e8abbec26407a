import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../base/digest.ts'
import { countAt, objectAt, objectsAt, textAt, textsAt } from '../base/json-reader.ts'
import type { ManifestDescriptor } from '../oci/compose-artifact.ts'
import { DEEPEST_INDEX } from '../oci/image-layout.ts'
import type { RegistryReference } from '../oci/registry-reference.ts'
import { withReference } from '../oci/with-reference.ts'
import type { BlobIdentity } from '../store/blobs/blob-store.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import { ImageRepository } from './image-repository.ts'
import { pushManifest } from './push-manifest.ts'
import type { RegistryPurpose } from './registry-purpose.ts'
import type { RegistrySession } from './registry-session.ts'
import type { Wait } from './retry.ts'
import { uploadBlob } from './upload-blob.ts'

/** An image to copy. */
export interface ImageCopy {
  /** As the user wrote it, for errors. */
  readonly reference: string
  readonly parsed: RegistryReference
}

/** Where to, and how. */
export interface CopyPlace {
  readonly session: RegistrySession
  readonly purpose: RegistryPurpose
  readonly target: RegistryReference
  /** For blobs on their way. */
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  readonly wait: Wait
  readonly signal: AbortSignal
}

/**
 * Copies an image with all its platforms from its registry to another repository, where it has its digest alone. A
 * registry that has both takes the blobs over by itself.
 *
 * @throws {TcomposeError} As pulling and pushing an image do.
 */
export async function copyImage(image: ImageCopy, place: CopyPlace): Promise<ManifestDescriptor> {
  const { reference, parsed } = image
  await using source = new ImageRepository({ ...place, parsed, reference })
  const { tag, digest } = parsed
  const top = await source.manifest(digest === undefined ? { tag: tag ?? 'latest' } : { digest })
  await copyManifest(top, { image, source, place, depth: 0 })
  return { mediaType: top.mediaType, digest: top.digest, size: top.bytes.length }
}

interface Copying {
  readonly image: ImageCopy
  readonly source: ImageRepository
  readonly place: CopyPlace
  readonly depth: number
}

/** What a manifest names goes before it: registries refuse it otherwise. */
async function copyManifest(manifest: ManifestDocument, copying: Copying): Promise<void> {
  const { image, source, place, depth } = copying
  const { inner, blobs } = withReference(image.reference, () => partsOf(manifest, depth))
  for (const digest of inner) {
    await copyManifest(await source.manifest({ digest }), { ...copying, depth: depth + 1 })
  }
  for (const blob of blobs) await copyBlob(blob, copying)
  await pushManifest(place, manifest.digest, manifest)
}

function partsOf(
  { document }: ManifestDocument,
  depth: number,
): { readonly inner: readonly Digest[]; readonly blobs: readonly BlobIdentity[] } {
  if (depth > DEEPEST_INDEX)
    throw new SyntaxError(`its indexes are nested deeper than ${DEEPEST_INDEX} levels`)
  if ('manifests' in document) {
    const inner = objectsAt(document, 'manifests').map(entry => parseDigest(textAt(entry, 'digest') ?? ''))
    return { inner, blobs: [] }
  }
  const layers = objectsAt(document, 'layers').filter(layer => textsAt(layer, 'urls').length === 0)
  const blobs = [objectAt(document, 'config'), ...layers].map(entry => ({
    digest: parseDigest(textAt(entry, 'digest') ?? ''),
    size: countAt(entry, 'size'),
  }))
  return { inner: [], blobs }
}

async function copyBlob(blob: BlobIdentity, { image, source, place }: Copying): Promise<void> {
  const { session, purpose, target, folder } = place
  const file = join(folder, digestHex(blob.digest))
  const obtain = async () => {
    await source.download({ ...blob, file, onBytes: () => {} })
    return { file, offset: 0, size: blob.size }
  }
  const mountFrom = image.parsed.domain === target.domain ? image.parsed.path : undefined
  try {
    await uploadBlob({ session, purpose, blob: { ...blob, obtain }, mountFrom, onBytes: () => {} })
  } finally {
    await rm(file, { force: true })
  }
}
