import { type ContentSource, loadMember } from '../../archive/content-source.ts'
import { type Digest, digestHex, parseDigest } from '../../base/digest.ts'
import { objectsAt, parseJsonObject, textAt } from '../../base/json-reader.ts'
import { listDockerImages } from '../../oci/docker-archive.ts'
import { imageInvalid } from '../../oci/image-errors.ts'
import { listOciImages } from '../../oci/image-layout.ts'
import { parseReference } from '../../oci/reference.ts'
import type { ResolvedImage } from '../../oci/resolved-image.ts'
import { normalName } from '../find-stored-image.ts'
import { type ImageKey, splitImageKey } from '../images/image-key.ts'

/** An image of an archive. */
export interface ArchivedImage {
  readonly found: ResolvedImage
  /** Those that it has in the archive and that are names of images. */
  readonly names: readonly NameInArchive[]
}

/** A name in full form, and the index that its registry knows it by, where the archive has that. */
export interface NameInArchive {
  readonly reference: ImageKey
  readonly index: { readonly digest: Digest; readonly bytes: Buffer } | undefined
}

/**
 * Returns the images of an archive, each once: an OCI image layout, or what `docker save` writes. A name that holds a
 * digest must be proven by the archive.
 *
 * @throws {TcomposeError} `image-invalid` if a name holds a digest that the image does not have.
 * @throws {SyntaxError} If the archive is damaged, or none of images.
 */
export function listArchive(source: ContentSource, label: string): readonly ArchivedImage[] {
  if (source.find('index.json') !== undefined) return listOciArchive(source, label)
  if (source.find('manifest.json') === undefined) {
    throw new SyntaxError('it has neither "index.json" nor "manifest.json", expected an archive of images')
  }
  return listDockerImages(source).map(({ names, found }) => ({
    found,
    names: names.flatMap(name => normalName(name) ?? []).map(reference => ({ reference, index: undefined })),
  }))
}

/** Some tools give a layout's image a tag and no name. */
const BARE_TAG = /^(?:latest|v?\d[\w.-]*)$/

function listOciArchive(source: ContentSource, label: string): readonly ArchivedImage[] {
  const images = Map.groupBy(listOciImages(source, label), ({ found }) => found.manifest?.digest)
  return [...images.values()].flatMap(same => {
    const [first] = same
    if (first === undefined) return []
    const names = same.flatMap(({ name, registryDigest, found }): readonly NameInArchive[] => {
      const reference = name === undefined || BARE_TAG.test(name) ? undefined : normalName(name)
      if (reference === undefined) return []
      const index =
        registryDigest === undefined ? undefined : loadIndex(source, parseDigest(registryDigest), found)
      requireProof(label, reference, [found.manifest?.digest, index?.digest])
      return [{ reference, index }]
    })
    return [{ found: first.found, names }]
  })
}

/** @throws {SyntaxError} If the index does not name the image. */
function loadIndex(
  source: ContentSource,
  digest: Digest,
  { manifest }: ResolvedImage,
): NameInArchive['index'] {
  const bytes = loadMember(source, { name: `blobs/sha256/${digestHex(digest)}`, digest, size: undefined })
  const entries = objectsAt(parseJsonObject(bytes, 'index'), 'manifests')
  if (!entries.some(entry => textAt(entry, 'digest') === manifest?.digest)) {
    throw new SyntaxError(`the index ${digest} does not name the image that it is said to be chosen from`)
  }
  return { digest, bytes }
}

function requireProof(label: string, reference: ImageKey, digests: readonly (Digest | undefined)[]): void {
  const parsed = parseReference(splitImageKey(reference).reference)
  if (parsed.kind !== 'registry' || parsed.digest === undefined || digests.includes(parsed.digest)) return
  throw imageInvalid(label, `the image that it names "${reference}" has another digest`)
}
