import type { Digest } from '../../../base/digest.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { splitStoredName, storedName } from '../image-record.ts'
import { parseReference } from '../reference.ts'
import { formatRegistryReference } from '../registry-reference.ts'
import { imageIds, type StoreContents } from './store-contents.ts'

/** An image as the user named it: by one of its names, or by its id. */
export interface FoundStoredImage {
  readonly id: Digest
  /** The full name that was given; undefined for an id. */
  readonly name: string | undefined
}

const ID = /^(?:sha256:)?([0-9a-f]{1,64})$/

/**
 * Finds an image by a reference, by its id, or by the beginning of its id. A name that reads like an id goes first.
 *
 * @throws {TcomposeError} `image-not-found` if there is none, or several whose ids begin so.
 */
export function findStoredImage(contents: StoreContents, text: string): FoundStoredImage {
  const name = normalName(text)
  for (const [id, names] of contents.names) {
    if (name !== undefined && names.includes(name)) return { id, name }
  }
  const [, prefix] = ID.exec(text) ?? []
  const ids = imageIds(contents).filter(id => prefix !== undefined && id.startsWith(`sha256:${prefix}`))
  const [only] = ids
  if (only !== undefined && ids.length === 1) return { id: only, name: undefined }
  throw new TcomposeError(
    'image-not-found',
    ids.length > 1
      ? `Cannot find image "${text}": ${ids.length} images have ids that begin so, expected one`
      : `Cannot find image "${text}": the store has none of that name or id`,
    { hint: 'Run "tcompose image ls" to see what is there' },
  )
}

/** Returns the full form of a name, by which the store knows it; undefined for what is none. */
export function normalName(text: string): string | undefined {
  try {
    const { reference, platform } = splitStoredName(text)
    const parsed = parseReference(reference)
    return storedName(parsed.kind === 'registry' ? formatRegistryReference(parsed) : reference, platform)
  } catch (error) {
    if (error instanceof TcomposeError) return undefined
    throw error
  }
}
