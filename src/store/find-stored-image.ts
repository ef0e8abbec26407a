import type { Digest } from '../base/digest.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ImageRequest } from '../model/image-request.ts'
import type { PlatformName } from '../model/platform.ts'
import { otherPlatform } from '../oci/image-errors.ts'
import { foreignPlatform, machinePlatform } from '../oci/platform.ts'
import { parseRegistryName } from '../oci/reference.ts'
import { formatRegistryReference } from '../oci/registry-reference.ts'
import { type ImageKey, imageKey, parseImageKey, splitImageKey } from './images/image-key.ts'
import { isOtherPlatform } from './images/require-platform.ts'
import { imageIds, type StoreContents } from './store-contents.ts'

/** An image as the user named it: by one of its names, or by its id. */
export interface FoundStoredImage {
  readonly id: Digest
  /** The full name that was given; undefined for an id. */
  readonly name: ImageKey | undefined
}

const ID = /^(?:sha256:)?([0-9a-f]{1,64})$/

/**
 * Finds an image by a reference, by its id, or by the beginning of its id. A name that reads like an id takes
 * precedence.
 *
 * @throws {TcomposeError} `image-not-found` if there is none, several whose ids begin so, or one of another platform.
 */
export function findStoredImage(contents: StoreContents, wanted: ImageRequest): FoundStoredImage {
  const found = findByName(contents, wanted) ?? findById(contents, wanted.reference)
  const made = contents.records.get(found.id)?.platform
  if (made === undefined || !isOtherPlatform(made, wanted)) return found
  const all = found.name === undefined ? [made] : platformsOf(contents, found.name)
  throw otherPlatform(wanted.reference, { made: all, wanted: wanted.platform ?? machinePlatform() })
}

/** An archive may give an image of another platform a name that does not show it. */
function findByName(
  { names }: StoreContents,
  { reference, platform }: ImageRequest,
): FoundStoredImage | undefined {
  const plain = normalName(reference)
  if (plain === undefined) return undefined
  const owners = new Map([...names].flatMap(([id, all]) => all.map(name => [name, id] as const)))
  for (const name of [imageKey(plain, foreignPlatform(platform)), plain]) {
    const id = owners.get(name)
    if (id !== undefined) return { id, name }
  }
  return undefined
}

/** Returns what the images are made for that have the reference of `name`. */
function platformsOf({ names, records }: StoreContents, name: ImageKey): readonly PlatformName[] {
  const { reference } = splitImageKey(name)
  return [...names].flatMap(([id, all]) => {
    const isNamed = all.some(other => splitImageKey(other).reference === reference)
    return isNamed ? (records.get(id)?.platform ?? []) : []
  })
}

function findById(contents: StoreContents, text: string): FoundStoredImage {
  const [, prefix] = ID.exec(text) ?? []
  const ids = imageIds(contents).filter(id => prefix !== undefined && id.startsWith(`sha256:${prefix}`))
  const [only] = ids
  if (only !== undefined && ids.length === 1) return { id: only, name: undefined }
  throw new TcomposeError(
    'image-not-found',
    ids.length > 1
      ? `Cannot find image "${text}": ${ids.length} images have ids that begin with it, expected one`
      : `Cannot find image "${text}": the store has no image with that name or id`,
    { hint: 'Run "tcompose image ls" to list the images' },
  )
}

/** Returns the full form of a name, by which the store knows it; undefined for what is none. */
export function normalName(text: string): ImageKey | undefined {
  try {
    const { reference, platform } = splitImageKey(parseImageKey(text))
    const parsed = parseRegistryName(reference)
    return imageKey(parsed === undefined ? reference : formatRegistryReference(parsed), platform)
  } catch (error) {
    if (error instanceof TcomposeError) return undefined
    throw error
  }
}
