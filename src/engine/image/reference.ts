import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { parseRegistryReference, type RegistryReference } from './registry-reference.ts'

/** Where an image comes from. */
export type ImageReference = LocalReference | RegistryReference

/** A source on this machine. `tag` is the part behind the path's colon, which chooses among several images. */
export type LocalReference =
  /** A folder that is the image's one layer. */
  | { readonly kind: 'rootfs'; readonly path: AbsolutePath }
  /** A folder in the OCI image layout. */
  | { readonly kind: 'oci'; readonly path: AbsolutePath; readonly tag: string | undefined }
  /** A tar archive of an OCI image layout. */
  | { readonly kind: 'oci-archive'; readonly path: AbsolutePath; readonly tag: string | undefined }
  /** What `docker save` writes. */
  | { readonly kind: 'docker-archive'; readonly path: AbsolutePath; readonly tag: string | undefined }

/**
 * Reads the `image` of a service: a local source, or what Docker takes for a registry. Paths end at the first colon.
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

/** The forms of local sources, for a hint. */
export const LOCAL_FORMS =
  'Local sources are rootfs:PATH, oci:DIR[:TAG], oci-archive:FILE[:TAG] and docker-archive:FILE[:NAME]'

function parseLocalReference(text: string): LocalReference | undefined {
  const colon = text.indexOf(':')
  const kind = text.slice(0, Math.max(colon, 0))
  const rest = text.slice(colon + 1)
  switch (kind) {
    case 'rootfs':
      return { kind, path: parseAbsolutePath(rest) }
    case 'oci':
    case 'oci-archive':
    case 'docker-archive':
      return { kind, ...splitTag(rest) }
    default:
      return undefined
  }
}

function splitTag(rest: string): { readonly path: AbsolutePath; readonly tag: string | undefined } {
  const colon = rest.indexOf(':')
  if (colon < 0) return { path: parseAbsolutePath(rest), tag: undefined }
  const tag = rest.slice(colon + 1)
  return { path: parseAbsolutePath(rest.slice(0, colon)), tag: tag === '' ? undefined : tag }
}
