import { findOciImage } from '../../../../oci/image-layout.ts'
import type { LocalReference } from '../../../../oci/reference.ts'
import type { ImageSource, SourceRequest } from './image-source.ts'
import { archiveFormat } from './layout-format.ts'
import { layoutSource } from './layout-source.ts'

/** An image of a tar archive of an OCI image layout. */
export function ociArchiveSource(
  request: SourceRequest<Extract<LocalReference, { kind: 'oci-archive' }>>,
): ImageSource {
  return layoutSource(request, archiveFormat(findOciImage))
}
