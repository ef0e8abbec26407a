import { writeTar } from '../../archive/tar-writer.ts'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { imageLabel } from '../../model/image-request.ts'
import type { ArchiveOutput, SaveRequest } from '../../model/stored-image.ts'
import { withReference } from '../../oci/with-reference.ts'
import type { OpenSource } from '../built/locate-layers.ts'
import { type FoundStoredImage, findStoredImage } from '../find-stored-image.ts'
import { splitImageKey } from '../images/image-key.ts'
import { type Lease, type LeasedThing, openLease } from '../lease.ts'
import { readDocument } from '../read-document.ts'
import { manifestOf, readContents, type StoreContents } from '../store-contents.ts'
import type { StorePaths } from '../store-paths.ts'
import { builtParts } from './built-parts.ts'
import { dockerFiles } from './docker-files.ts'
import { type ImageParts, type LayerPart, sourceParts, storedParts } from './image-parts.ts'
import { ociFiles } from './oci-files.ts'
import type { SavedImage, SavedName } from './saved-image.ts'

/** Which images to save, and how to get at the packed files of those that the store has unpacked alone. */
export interface SaveImagesRequest extends SaveRequest {
  readonly openSource: OpenSource
}

/**
 * Writes images as one archive; the same images give the same bytes. Nobody removes them meanwhile.
 *
 * @throws {TcomposeError} `image-not-found` if the store has no such image, or not its packed layers; `image-invalid`.
 * @throws {DOMException} `AbortError` if the signal aborts.
 */
export async function saveImages(
  paths: StorePaths,
  { openSource, ...request }: SaveImagesRequest,
  output: ArchiveOutput,
): Promise<void> {
  using lease = openLease(paths)
  await using sources = new AsyncDisposableStack()
  const contents = readContents(paths)
  const byManifest = new Map<Digest, SavedImage>()
  for (const { reference, platform } of request.images) {
    const text = imageLabel({ reference, platform })
    const found = findStoredImage(contents, { reference, platform })
    const { signal } = request
    const parts = await keptParts(paths, { contents, found, text, lease, sources, openSource, signal })
    const names = byManifest.get(parts.manifest.digest)?.names ?? []
    const name = savedName(paths, contents, found)
    byManifest.set(parts.manifest.digest, { parts, names: withName(names, name) })
  }
  const images = [...byManifest.values()].toSorted(byFirstName)
  const files = request.format === 'oci' ? ociFiles(paths, images) : await dockerFiles(images)
  for await (const chunk of writeTar(files, request.signal)) await output(chunk)
}

interface PartsRequest extends Pick<SaveImagesRequest, 'openSource' | 'signal'> {
  readonly contents: StoreContents
  readonly found: FoundStoredImage
  readonly text: string
  readonly lease: Lease
  /** Holds what was decompressed to be read. */
  readonly sources: AsyncDisposableStack
}

/** What the store has not packed may still be where it came from; else it is made again. */
async function keptParts(
  paths: StorePaths,
  { contents, found, text, lease, sources, openSource, signal }: PartsRequest,
): Promise<ImageParts<LayerPart>> {
  const manifest = manifestOf(contents, found.id)
  if (manifest !== undefined) {
    await lease.keep([`blob ${manifest}`, `image ${found.id}`])
    const parts = withReference(text, () => storedParts(paths, manifest))
    if (parts !== undefined) {
      const blobs = [parts.config, ...parts.layers].map(({ digest }): LeasedThing => `blob ${digest}`)
      await lease.keep(blobs)
      const kept = withReference(text, () => storedParts(paths, manifest))
      if (kept !== undefined) return kept
    }
  }
  for (const name of contents.names.get(found.id) ?? []) {
    const opened = await openSource(splitImageKey(name), text)
    if (opened === undefined) continue
    sources.use(opened)
    if (opened.found.id === found.id) return await sourceParts(opened)
    break
  }
  const request = { contents, label: text, openSource, sources, lease, signal }
  return await builtParts(paths, { ...request, id: found.id })
}

function savedName(
  paths: StorePaths,
  { references }: StoreContents,
  { name }: FoundStoredImage,
): SavedName | undefined {
  if (name === undefined) return undefined
  const fingerprint = references.find(({ reference }) => reference === name)?.fingerprint
  const digest = fingerprint?.startsWith('sha256:') === true ? parseDigest(fingerprint) : undefined
  const isIndex = digest !== undefined && 'manifests' in (readDocument(paths, digest) ?? {})
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
