import type { Digest } from '../base/digest.ts'
import { TcomposeError } from '../base/tcompose-error.ts'

/** Something that `reference` names is not there. `problem` completes "Cannot get image ...: ". */
export function imageNotFound(reference: string, problem: string, hint: string): TcomposeError {
  return new TcomposeError('image-not-found', `Cannot get image "${reference}": ${printable(problem)}`, {
    hint,
  })
}

/** What stands at `reference` is no image. `problem` completes "Cannot use image ...: ". */
export function imageInvalid(reference: string, problem: string, cause?: unknown): TcomposeError {
  return new TcomposeError('image-invalid', `Cannot use image "${reference}": ${printable(problem)}`, {
    hint: 'Make the image again, or check what the path names',
    cause,
  })
}

/** No image of the source has the tag. `tags` are those that it has. */
export function tagNotFound(
  reference: string,
  tag: string | undefined,
  tags: readonly string[],
): TcomposeError {
  const found = tags.length === 0 ? 'none has a name' : `it has ${tags.map(name => `"${name}"`).join(', ')}`
  return tag === undefined
    ? imageNotFound(
        reference,
        `it holds several images, expected a choice: ${found}`,
        'Add ":" and one of the names',
      )
    : imageNotFound(
        reference,
        `no image there is named "${tag}": ${found}`,
        'Use one of the names that are there',
      )
}

/** The image is there, but not for the platform that is wanted. `made` are those that it has. */
export function otherPlatform(
  reference: string,
  { made, wanted }: { readonly made: readonly string[]; readonly wanted: string },
): TcomposeError {
  return imageNotFound(
    reference,
    `it is made for ${[...new Set(made)].join(', ') || 'no platform'}, expected ${wanted}`,
    'Use another tag, or choose one of its platforms by "platform:" or DOCKER_DEFAULT_PLATFORM',
  )
}

/** The image, or a part of it, is not there, and no registry may be asked. */
export function pullForbidden(reference: string): TcomposeError {
  return imageNotFound(
    reference,
    'it is not on this machine, and the pull policy "never" forbids to ask a registry, expected it to be there',
    'Run "tcompose pull --policy missing", or change the pull policy',
  )
}

/** The source has been given another image since `reference` was written. */
export function otherDigest(reference: string, found: Digest): TcomposeError {
  return imageNotFound(
    reference,
    `the image there is ${found}, expected the one that the reference names`,
    'Put the image back, or leave the digest out',
  )
}

/** Returns `text` without control characters: what an image or a registry says must not steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}
