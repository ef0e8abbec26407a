import { type AbsolutePath, parseAbsolutePath } from '../base/absolute-path.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
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

function splitTag(rest: string): ImageInFile {
  const [named = '', digestText] = splitLast(rest, '@sha256:')
  const [path = '', tag] = splitFirst(named, ':')
  return {
    path: parseAbsolutePath(path),
    tag: tag === '' ? undefined : tag,
    digest: digestText === undefined ? undefined : parseDigest(`sha256:${digestText}`),
  }
}

function splitFirst(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}

function splitLast(text: string, mark: string): readonly [string, string?] {
  const at = text.lastIndexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}
