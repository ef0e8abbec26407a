import { join } from 'node:path'
import { folderSource } from '../../../../archive/content-source.ts'
import { findOciImage } from '../../../../oci/image-layout.ts'
import type { LocalReference } from '../../../../oci/reference.ts'
import type { ImageSource, SourceRequest } from './image-source.ts'
import { layoutSource } from './layout-source.ts'

/** An image of a folder in the OCI image layout. */
export function ociSource(request: SourceRequest<Extract<LocalReference, { kind: 'oci' }>>): ImageSource {
  return layoutSource(request, {
    form: 'folder',
    index: path => join(path, 'index.json'),
    filesIn: folderSource,
    find: findOciImage,
  })
}
