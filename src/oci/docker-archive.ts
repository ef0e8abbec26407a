import { type ContentSource, loadMember, type Member, sha256 } from '../archive/content-source.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { isObject, type JsonObject, parseJson, textAt, textsAt } from '../base/json-reader.ts'
import { tagNotFound } from './image-errors.ts'
import { formatRegistryReference, parseRegistryReference } from './registry-reference.ts'
import type { ImageChoice, ResolvedImage } from './resolved-image.ts'

/**
 * Finds the chosen image of an archive that `docker save` wrote, of any age: `manifest.json` names the configuration
 * and the layers, be they `<id>/layer.tar` or `blobs/sha256/<hex>`.
 *
 * @throws {TcomposeError} `image-not-found` if no image, or no single one, matches.
 * @throws {SyntaxError} If the archive is damaged.
 */
export function findDockerImage(source: ContentSource, choice: ImageChoice): ResolvedImage {
  return imageOf(source, chooseImage(loadManifests(source), choice))
}

/** An image of an archive with the names that it has there. */
export interface NamedDockerImage {
  readonly names: readonly string[]
  readonly found: ResolvedImage
}

/** Returns every image of an archive that `docker save` wrote. @throws {SyntaxError} If the archive is damaged. */
export function listDockerImages(source: ContentSource): readonly NamedDockerImage[] {
  return loadManifests(source).map(manifest => ({
    names: textsAt(manifest, 'RepoTags'),
    found: imageOf(source, manifest),
  }))
}

function imageOf(source: ContentSource, manifest: JsonObject): ResolvedImage {
  const config = memberNamed(textAt(manifest, 'Config') ?? '')
  const id = parseDigest(sha256(loadMember(source, config)))
  return { id, config: { ...config, digest: id }, layers: textsAt(manifest, 'Layers').map(memberNamed) }
}

function loadManifests(source: ContentSource): readonly JsonObject[] {
  const bytes = loadMember(source, { name: 'manifest.json', digest: undefined, size: undefined })
  const manifests = parseJson(bytes, '"manifest.json"')
  if (!Array.isArray(manifests) || !manifests.every(isObject)) {
    throw new SyntaxError('its "manifest.json" is not a list of images')
  }
  return manifests
}

function chooseImage(manifests: readonly JsonObject[], { reference, tag }: ImageChoice): JsonObject {
  const wanted = tag === undefined ? undefined : normalForm(tag)
  const matching = manifests.filter(
    manifest =>
      wanted === undefined || textsAt(manifest, 'RepoTags').some(name => normalForm(name) === wanted),
  )
  const [only] = matching
  if (only !== undefined && matching.length === 1) return only
  throw tagNotFound(reference, tag, manifests.flatMap(manifest => textsAt(manifest, 'RepoTags')).sort())
}

/** `redis`, `redis:latest` and `docker.io/library/redis:latest` are one name. */
function normalForm(name: string): string {
  try {
    return formatRegistryReference(parseRegistryReference(name))
  } catch {
    return name
  }
}

/** A name that holds a digest vouches for the content: `<hex>.json`, `blobs/sha256/<hex>`. */
function memberNamed(name: string): Member {
  return { name, digest: digestIn(name), size: undefined }
}

function digestIn(name: string): Digest | undefined {
  const match = /^(?:blobs\/sha256\/([0-9a-f]{64})|([0-9a-f]{64})\.json)$/.exec(name)
  return match === null ? undefined : parseDigest(`sha256:${match[1] ?? match[2]}`)
}
