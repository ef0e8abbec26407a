import { archiveSource } from '../../../../archive/archive-index.ts'
import type { ContentSource } from '../../../../archive/content-source.ts'
import type { ImageChoice, ResolvedImage } from '../../../../oci/resolved-image.ts'

/** How the images of a folder or an archive are found in it. */
export interface LayoutFormat {
  readonly form: 'folder' | 'archive'
  /** Returns the file of the source at `path` whose change may mean another image. */
  readonly index: (path: string) => string
  /** Returns the files of the folder, or the members of the plain archive, at `path`. */
  readonly filesIn: (path: string) => ContentSource
  readonly find: (files: ContentSource, choice: ImageChoice) => ResolvedImage
}

/** Returns the format of archives whose images `find` finds. */
export function archiveFormat(find: LayoutFormat['find']): LayoutFormat {
  return { form: 'archive', index: path => path, filesIn: archiveSource, find }
}
