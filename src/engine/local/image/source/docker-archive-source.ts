import { findDockerImage } from '../../../../oci/docker-archive.ts'
import type { LocalReference } from '../../../../oci/reference.ts'
import type { ImageSource, SourceRequest } from './image-source.ts'
import { archiveFormat } from './layout-format.ts'
import { layoutSource } from './layout-source.ts'

/** An image of an archive that `docker save` wrote. */
export function dockerArchiveSource(
  request: SourceRequest<Extract<LocalReference, { kind: 'docker-archive' }>>,
): ImageSource {
  return layoutSource(request, archiveFormat(findDockerImage))
}
