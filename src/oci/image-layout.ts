import { type ContentSource, loadDocument, type Member } from '../archive/content-source.ts'
import { type Digest, digestHex, parseDigest } from '../base/digest.ts'
import { countAt, type JsonObject, objectAt, objectsAt, textAt } from '../base/json-reader.ts'
import type { PlatformName } from '../model/platform.ts'
import { imageNotFound, otherPlatform, tagNotFound } from './image-errors.ts'
import { machinePlatform, type Platform, platformName, platformRank } from './platform.ts'
import type { ImageChoice, ResolvedImage } from './resolved-image.ts'

/** One entry of an index. */
interface Descriptor {
  readonly member: Member
  readonly digest: Digest
  readonly platform: Platform | undefined
  /** `org.opencontainers.image.ref.name`. */
  readonly tag: string | undefined
}

/** Indexes may hold indexes; deeper ones than this are an attack. */
export const DEEPEST_INDEX: number = 4
/** The annotation of an index's entry that holds its tag. */
export const TAG_ANNOTATION = 'org.opencontainers.image.ref.name'
/** Where Docker has the full name: its tag annotation holds what is behind the colon. */
export const CONTAINERD_NAME_ANNOTATION = 'io.containerd.image.name'
/** Where archives of tcompose have the digest of the index that an image was chosen from. */
export const REGISTRY_DIGEST_ANNOTATION = 'io.tcompose.registry.digest'

/**
 * Finds the chosen image of an OCI image layout, for the platform of the choice. Digests of everything read are
 * checked.
 *
 * @throws {TcomposeError} `image-not-found` if no image, or no single one, matches.
 * @throws {SyntaxError} If the layout is damaged.
 */
export function findOciImage(source: ContentSource, choice: ImageChoice): ResolvedImage {
  const index = loadDocument(source, { name: 'index.json', digest: undefined, size: undefined })
  const chosen = chooseByTag(descriptorsOf(index), choice)
  return resolveImage(source, choice, chosen)
}

/** An image of a layout with the name that the layout gives it. */
export interface NamedOciImage {
  /** What Docker, or else the layout itself, calls the image. */
  readonly name: string | undefined
  /** By which a registry knows it, where the layout gives it: that of an index with other platforms, too. */
  readonly registryDigest: string | undefined
  readonly found: ResolvedImage
}

/**
 * Returns every image of an OCI image layout, of those with one name the one for this machine's platform.
 *
 * @throws {TcomposeError} `image-not-found` if one of them is not made for this machine.
 * @throws {SyntaxError} If the layout is damaged.
 */
export function listOciImages(source: ContentSource, reference: string): readonly NamedOciImage[] {
  const index = loadDocument(source, { name: 'index.json', digest: undefined, size: undefined })
  const byName = Map.groupBy(objectsAt(index, 'manifests'), ({ annotations }) => nameIn(annotations))
  return [...byName].flatMap(([name, entries]) => {
    const groups = name === undefined ? entries.map(entry => [entry]) : [entries]
    return groups.map(group => ({
      name,
      registryDigest: textAt(objectAt(group[0] ?? {}, 'annotations'), REGISTRY_DIGEST_ANNOTATION),
      found: resolveImage(
        source,
        { reference, tag: name, platform: machinePlatform() },
        group.map(descriptorOf),
      ),
    }))
  })
}

function nameIn(annotations: unknown): string | undefined {
  const holder = { annotations }
  const texts = [CONTAINERD_NAME_ANNOTATION, TAG_ANNOTATION].map(key =>
    textAt(objectAt(holder, 'annotations'), key),
  )
  return texts[0] ?? texts[1]
}

function resolveImage(
  source: ContentSource,
  choice: ImageChoice,
  entries: readonly Descriptor[],
): ResolvedImage {
  const { member, document } = resolveManifest(source, choice, entries)
  return { ...imageOfManifest(document), manifest: member }
}

/** Returns the image that a manifest describes. @throws {SyntaxError} If it is malformed. */
export function imageOfManifest(manifest: JsonObject): ResolvedImage {
  const config = descriptorOf(objectAt(manifest, 'config'))
  return {
    id: config.digest,
    config: config.member,
    layers: objectsAt(manifest, 'layers').map(layer => descriptorOf(layer).member),
  }
}

/**
 * Returns the digest of the manifest or index in `index` that is for the platform of `choice`.
 *
 * @throws {TcomposeError} `image-not-found` if there is none.
 * @throws {SyntaxError} If the index is malformed.
 */
export function chooseFromIndex(index: JsonObject, choice: Omit<ImageChoice, 'tag'>): Digest {
  return chooseByPlatform(descriptorsOf(index), choice).digest
}

/** Returns the platforms of the images in `index`, each once. @throws {SyntaxError} If it is malformed. */
export function platformsOfIndex(index: JsonObject): readonly string[] {
  return [
    ...new Set(
      descriptorsOf(index)
        .filter(isOfImage)
        .map(({ platform }) => platformText(platform)),
    ),
  ]
}

/** Returns the entries to choose from by platform. */
function chooseByTag(all: readonly Descriptor[], { reference, tag }: ImageChoice): readonly Descriptor[] {
  const named = tag === undefined ? all : all.filter(entry => entry.tag === tag)
  const names = new Set(named.map(entry => entry.tag))
  if (named.length === 0 && tag === undefined) {
    throw imageNotFound(reference, 'there is no image in it', 'Put an image there with `skopeo copy`')
  }
  if (named.length > 0 && names.size === 1) return named
  const tags = all.flatMap(entry => entry.tag ?? [])
  throw tagNotFound(reference, tag, [...new Set(tags)].sort())
}

function resolveManifest(
  source: ContentSource,
  choice: ImageChoice,
  candidates: readonly Descriptor[],
): { readonly member: Member; readonly document: JsonObject } {
  let entries = candidates
  for (let depth = 0; depth < DEEPEST_INDEX; depth++) {
    const { member } = chooseByPlatform(entries, choice)
    const document = loadDocument(source, member)
    if (!('manifests' in document)) return { member, document }
    entries = descriptorsOf(document)
  }
  throw new SyntaxError(`its indexes are nested deeper than ${DEEPEST_INDEX} levels`)
}

/** An entry that names no platform is taken if it is the only one. */
function chooseByPlatform(
  entries: readonly Descriptor[],
  { reference, platform }: Omit<ImageChoice, 'tag'>,
): Descriptor {
  const [first] = entries
  if (first !== undefined && entries.length === 1 && first.platform === undefined) return first
  const ranked = entries
    .map(entry => ({ entry, rank: rankOf(entry, platform) }))
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
  const [best] = ranked
  if (best !== undefined) return best.entry
  const made = entries.flatMap(entry => (isOfImage(entry) ? platformText(entry.platform) : []))
  throw otherPlatform(reference, { made, wanted: platform })
}

function rankOf({ platform }: Descriptor, wanted: PlatformName): number | undefined {
  return platform === undefined ? Number.MAX_SAFE_INTEGER : platformRank(platform, wanted)
}

/** Attestations about images are among them, for a platform that does not exist. */
function isOfImage(entry: Descriptor): entry is Descriptor & { readonly platform: Platform } {
  return entry.platform !== undefined && entry.platform.os !== 'unknown'
}

/** What an index says may be anything. */
function platformText(platform: Platform): string {
  try {
    return platformName(platform)
  } catch {
    return `${platform.os}/${platform.architecture}`
  }
}

function descriptorsOf(index: JsonObject): readonly Descriptor[] {
  return objectsAt(index, 'manifests').map(descriptorOf)
}

function descriptorOf(descriptor: JsonObject): Descriptor {
  const digest = parseDigest(textAt(descriptor, 'digest') ?? '')
  const member = { name: `blobs/sha256/${digestHex(digest)}`, digest, size: countAt(descriptor, 'size') }
  return {
    member,
    digest,
    platform: platformOf(objectAt(descriptor, 'platform')),
    tag: textAt(objectAt(descriptor, 'annotations'), TAG_ANNOTATION),
  }
}

/** Returns what a descriptor's `platform` or an image's configuration says; undefined if it does not. */
export function platformOf(platform: JsonObject): Platform | undefined {
  const os = textAt(platform, 'os')
  const architecture = textAt(platform, 'architecture')
  if (os === undefined || architecture === undefined) return undefined
  return { os, architecture, variant: textAt(platform, 'variant') || undefined }
}
