import { writeTar } from '../../archive/tar-writer.ts'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { imageLabel } from '../../model/image-request.ts'
import type { ArchiveOutput, SaveRequest } from '../../model/stored-image.ts'
import { parseReference } from '../../oci/reference.ts'
import { type FoundStoredImage, findStoredImage } from '../find-stored-image.ts'
import { splitImageKey } from '../images/image-key.ts'
import { openImageSource, withReference } from '../images/local-source.ts'
import { type Lease, type LeasedThing, openLease } from '../lease.ts'
import { manifestOf, readContents, readDocument, type StoreContents } from '../store-contents.ts'
import type { StorePaths } from '../store-paths.ts'
import { dockerFiles } from './docker-files.ts'
import { type ImageParts, sourceParts, storedParts } from './image-parts.ts'
import { ociFiles } from './oci-files.ts'
import type { SavedImage, SavedName } from './saved-image.ts'

/**
 * Writes images as one archive; the same images give the same bytes. Nobody removes them meanwhile.
 *
 * @throws {TcomposeError} `image-not-found` if the store has no such image, or not its packed layers; `image-invalid`.
 * @throws {DOMException} `AbortError` if the signal aborts.
 */
export async function saveImages(
  roots: StorePaths,
  request: SaveRequest,
  output: ArchiveOutput,
): Promise<void> {
  using lease = openLease(roots)
  await using sources = new AsyncDisposableStack()
  const contents = readContents(roots)
  const byManifest = new Map<Digest, SavedImage>()
  for (const { reference, platform } of request.images) {
    const text = imageLabel({ reference, platform })
    const found = findStoredImage(contents, { reference, platform })
    const parts = await keptParts(roots, { contents, found, text, lease, sources })
    const names = byManifest.get(parts.manifest.digest)?.names ?? []
    const name = savedName(roots, contents, found)
    byManifest.set(parts.manifest.digest, { parts, names: withName(names, name) })
  }
  const images = [...byManifest.values()].toSorted(byFirstName)
  const files = request.format === 'oci' ? ociFiles(roots, images) : await dockerFiles(images)
  for await (const chunk of writeTar(files, request.signal)) await output(chunk)
}

interface PartsRequest {
  readonly contents: StoreContents
  readonly found: FoundStoredImage
  readonly text: string
  readonly lease: Lease
  /** Holds what was decompressed to be read. */
  readonly sources: AsyncDisposableStack
}

/** What the store has not packed may still be where it came from. */
async function keptParts(
  roots: StorePaths,
  { contents, found, text, lease, sources }: PartsRequest,
): Promise<ImageParts> {
  const manifest = manifestOf(contents, found.id)
  if (manifest !== undefined) {
    await lease.keep([`blob ${manifest}`, `image ${found.id}`])
    const parts = withReference(text, () => storedParts(roots, manifest))
    if (parts !== undefined) {
      const blobs = [parts.config, ...parts.layers].map(({ digest }): LeasedThing => `blob ${digest}`)
      await lease.keep(blobs)
      const kept = withReference(text, () => storedParts(roots, manifest))
      if (kept !== undefined) return kept
    }
  }
  const local = (contents.names.get(found.id) ?? [])
    .map(name => {
      const wanted = splitImageKey(name)
      return { parsed: parseReference(wanted.reference), platform: wanted.platform }
    })
    .find(({ parsed }) => parsed.kind !== 'registry')
  if (local === undefined || local.parsed.kind === 'rootfs' || local.parsed.kind === 'registry') {
    throw notPacked(text)
  }
  const { parsed, platform } = local
  const opened = sources.use(await openImageSource(roots, { reference: text, platform }, parsed))
  if (opened.found.id !== found.id) throw notPacked(text)
  return await sourceParts(opened)
}

function notPacked(text: string): TcomposeError {
  return new TcomposeError(
    'image-not-found',
    `Cannot save image "${text}": the store has its unpacked layers alone, expected those that it was pulled as`,
    { hint: 'Get the image again, with `tcompose pull` or from its archive' },
  )
}

function savedName(
  roots: StorePaths,
  { references }: StoreContents,
  { name }: FoundStoredImage,
): SavedName | undefined {
  if (name === undefined) return undefined
  const fingerprint = references.find(({ reference }) => reference === name)?.fingerprint
  const digest = fingerprint?.startsWith('sha256:') === true ? parseDigest(fingerprint) : undefined
  const isIndex = digest !== undefined && 'manifests' in (readDocument(roots, digest) ?? {})
  return { reference: name, index: isIndex ? digest : undefined }
}

function withName(names: readonly SavedName[], name: SavedName | undefined): readonly SavedName[] {
  if (name === undefined || names.some(({ reference }) => reference === name.reference)) return names
  return [...names, name].toSorted((a, b) => compare(a.reference, b.reference))
}

function byFirstName(a: SavedImage, b: SavedImage): number {
  const key = ({ names, parts }: SavedImage) => `${names[0]?.reference ?? ''} ${parts.manifest.digest}`
  return compare(key(a), key(b))
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
