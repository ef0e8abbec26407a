import { join } from 'node:path'
import { type AbsolutePath, parseAbsolutePath } from '../../../base/absolute-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Roots } from '../state/layout.ts'

/** Folders and files of one volume. */
export interface VolumeLayout {
  readonly folder: string
  /** What containers see. */
  readonly data: AbsolutePath
  /** `VolumeRecord`. */
  readonly record: string
  /** Exists while the volume is being filled. */
  readonly seedMarker: string
  /** A copy that is not whole yet. */
  readonly seedCopy: string
}

/** @throws {TcomposeError} `volume` if `name` is no name of a volume. */
export function volumeLayout(roots: Roots, name: string): VolumeLayout {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
    throw new TcomposeError(
      'volume',
      `Cannot use volume "${name}": expected letters, digits, "_", "." and "-", starting with a letter or digit`,
    )
  }
  const folder = join(roots.data, 'volumes', name)
  return {
    folder,
    data: parseAbsolutePath(join(folder, '_data')),
    record: join(folder, 'volume.json'),
    seedMarker: join(folder, 'seeding'),
    seedCopy: join(folder, 'seed'),
  }
}

/** Holds volumes on their way out. No volume has a name that starts with a dot. */
export function removedVolumesFolder(roots: Roots): string {
  return join(roots.data, 'volumes', '.removed')
}
