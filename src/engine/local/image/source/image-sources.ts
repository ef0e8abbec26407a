import type { ImageRequest } from '../../../../model/image-request.ts'
import type { ObservedImage } from '../../../../model/observed-state.ts'
import { type ImageReference, parseReference } from '../../../../oci/reference.ts'
import type { Roots } from '../../state/layout.ts'
import { dockerArchiveSource } from './docker-archive-source.ts'
import type { ImageSource, SourceRequest } from './image-source.ts'
import { ociArchiveSource } from './oci-archive-source.ts'
import { ociSource } from './oci-source.ts'
import { registrySource } from './registry-source.ts'
import { rootfsSource } from './rootfs-source.ts'

type Kind = ImageReference['kind']
type ReferenceOf<K extends Kind> = Extract<ImageReference, { kind: K }>

/** Every kind of place that images come from. Other code asks at most whether a name is that of a registry's image. */
const SOURCES: { readonly [K in Kind]: (request: SourceRequest<ReferenceOf<K>>) => ImageSource } = {
  registry: registrySource,
  oci: ociSource,
  'oci-archive': ociArchiveSource,
  'docker-archive': dockerArchiveSource,
  rootfs: rootfsSource,
}

/**
 * Returns where `wanted` comes from. Nothing is read yet.
 *
 * @throws {TcomposeError} `bad-value` if its reference is none.
 */
export function imageSource(roots: Roots, wanted: ImageRequest): ImageSource {
  const parsed = parseReference(wanted.reference)
  return sourceOf(parsed.kind, { roots, wanted, parsed })
}

function sourceOf<K extends Kind>(kind: K, request: SourceRequest<ReferenceOf<K>>): ImageSource {
  return SOURCES[kind](request)
}

/** Returns what `wanted` is now on this machine. @throws {TcomposeError} As `imageSource` and `ImageSource.lookup`. */
export function lookupImage(roots: Roots, wanted: ImageRequest): ObservedImage {
  return imageSource(roots, wanted).lookup()
}
