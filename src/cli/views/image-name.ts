/** An image's name as people write it, in parts. */
export interface ImageNameParts {
  /** E.g. `redis`, `ghcr.io/a/b`, `oci:/images/web`. */
  readonly repository: string
  /** Undefined where the name has a digest alone, or is a path. */
  readonly tag: string | undefined
}

/** What stands for a name or a tag that an image does not have. */
export const NO_NAME = '<none>'

/**
 * Splits a full name. The tag stands behind the last colon, unless that belongs to a path or a port; a platform that is
 * not the machine's own is part of it: `7+linux/arm64`.
 */
export function imageNameParts(reference: string): ImageNameParts {
  const short = reference.replace(/^docker\.io\/(?:library\/)?/, '')
  const [named = short] = short.split('@sha256:')
  if (named.startsWith('rootfs:')) return { repository: named, tag: undefined }
  const [, repository, tag] = /^(.+[^:]):([^/:+]+(?:\+linux\/[\w./-]+)?)$/.exec(named) ?? []
  return repository === undefined ? { repository: named, tag: undefined } : { repository, tag }
}

/** Returns a full reference in the short form that people write: `redis:7`. */
export function shortImageName(reference: string): string {
  return reference.replace(/^docker\.io\/(?:library\/)?/, '')
}

/** Returns the 12 digits under which people know an image. */
export function shortImageId(id: string): string {
  return id.replace('sha256:', '').slice(0, 12)
}
