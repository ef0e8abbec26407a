import { type ImageRequest, imageLabel } from '../../app/index.ts'

/** An image's name as people write it, in parts. */
export interface ImageNameParts {
  /** E.g. `redis`, `ghcr.io/a/b`, `oci:/images/web`. */
  readonly repository: string
  /** Undefined where the name has only a digest, or is a path. */
  readonly tag: string | undefined
}

/** Shown for a name or a tag that an image does not have. */
export const NO_NAME = '<none>'

/** Splits a full reference. The tag follows the last colon, unless that is part of a path or a port. */
export function imageNameParts(reference: string): ImageNameParts {
  const short = reference.replace(/^docker\.io\/(?:library\/)?/, '')
  const [named = short] = short.split('@sha256:')
  if (named.startsWith('rootfs:')) return { repository: named, tag: undefined }
  const [, repository, tag] = /^(.*[^:]):([^/:]+)$/.exec(named) ?? []
  return repository === undefined ? { repository: named, tag: defaultTag(short) } : { repository, tag }
}

/** Neither a digest nor a path of this machine stands for a tag. */
function defaultTag(name: string): string | undefined {
  return /@|^[a-z-]+:[./]/.test(name) ? undefined : 'latest'
}

/** Returns a full reference in the short form that people write: `redis:7`. */
export function shortImageName(reference: string): string {
  return reference.replace(/^docker\.io\/(?:library\/)?/, '')
}

/** Returns an image's name in the short form, followed by its platform if that is not the machine's own. */
export function shortImageLabel({ reference, platform }: ImageRequest): string {
  return imageLabel({ reference: shortImageName(reference), platform })
}

/** Returns the 12 digits of the short image id. */
export function shortImageId(id: string): string {
  return id.replace('sha256:', '').slice(0, 12)
}
