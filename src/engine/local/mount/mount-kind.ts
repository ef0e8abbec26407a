import type { TcomposeError } from '../../../base/tcompose-error.ts'
import type { LayeredTree } from '../../../disk/layered-tree.ts'
import type { Image } from '../../../model/image.ts'
import type { Mount, MountTypes } from '../../../model/mount.ts'
import type { Roots } from '../state/layout.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/** What the engine does with mounts of one kind. `mountNeeds` returns what such a mount is made of. */
export interface MountKind<Kind extends keyof MountTypes> {
  /** Returns what would make the container fail. Changes nothing. */
  check(mount: Mount<Kind>, place: MountPlace): readonly TcomposeError[]
  /** Makes on the host what a new container with the files of `image` needs for the mount. */
  prepare(mount: Mount<Kind>, place: MountPlace, image: LayeredTree): Promise<void>
  /**
   * Finds the mount's source.
   *
   * @throws {TcomposeError} If it is not there.
   */
  resolve(mount: Mount<Kind>, place: MountPlace): ResolvedMount
}

/** What there is to mount. */
export interface MountPlace {
  readonly roots: Roots
  /** Real names of the project's volumes, by key. */
  readonly volumeNames: ReadonlyMap<string, string>
  /** Opens an image that is mounted; undefined if it is not there yet. */
  readonly openImage: (reference: string) => Image | undefined
}
