import { type AbsolutePath, parseAbsolutePath } from '../base/absolute-path.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { splitLocalImage } from '../model/local-image.ts'
import { parseRegistryReference, type RegistryReference } from './registry-reference.ts'

/** Where an image comes from. */
export type ImageReference = LocalReference | RegistryReference

/** A source on this machine. */
export type LocalReference =
  /** A folder that is the image's one layer. */
  | { readonly kind: 'rootfs'; readonly path: AbsolutePath }
  /** A folder in the OCI image layout. */
  | ({ readonly kind: 'oci' } & ImageInFile)
  /** A tar archive of an OCI image layout. */
  | ({ readonly kind: 'oci-archive' } & ImageInFile)
  /** What `docker save` writes. */
  | ({ readonly kind: 'docker-archive' } & ImageInFile)

/** One of the images that a folder or an archive holds. */
export interface ImageInFile {
  readonly path: AbsolutePath
  /** The part behind the path's colon, which chooses among several images. */
  readonly tag: string | undefined
  /** The id that the image must have, where the reference ends in `@sha256:...`. */
  readonly digest: Digest | undefined
}

/**
 * Reads the `image` of a service: a local source, or what Docker takes for a registry.
 *
 * @throws {TcomposeError} `bad-value` if `text` is neither.
 */
export function parseReference(text: string): ImageReference {
  try {
    return parseLocalReference(text) ?? parseRegistryReference(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new TcomposeError('bad-value', error.message, { hint: LOCAL_FORMS, cause: error })
  }
}

/**
 * Reads the name of an image in a registry; undefined for a source on this machine.
 *
 * @throws {TcomposeError} `bad-value` if `text` is neither.
 */
export function parseRegistryName(text: string): RegistryReference | undefined {
  const parsed = parseReference(text)
  return parsed.kind === 'registry' ? parsed : undefined
}

/** The forms of local sources, for a hint. */
export const LOCAL_FORMS =
  'Local sources are rootfs:PATH, oci:DIR[:TAG], oci-archive:FILE[:TAG] and docker-archive:FILE[:NAME]'

function parseLocalReference(text: string): LocalReference | undefined {
  const parts = splitLocalImage(text)
  if (parts === undefined) return undefined
  const { transport: kind, tag, digest } = parts
  const path = parseAbsolutePath(parts.path)
  if (kind === 'rootfs') return { kind, path }
  return {
    kind,
    path,
    tag: tag.slice(1) || undefined,
    digest: digest === '' ? undefined : parseDigest(digest.slice(1)),
  }
}
