import type { TcomposeError } from '../../../base/tcompose-error.ts'
import type { LayeredTree } from '../../../disk/layered-tree.ts'
import type { Mount, MountTypes } from '../../../model/mount.ts'
import { bindMount } from './bind-mount.ts'
import { imageMount } from './image-mount.ts'
import type { MountKind, MountPlace } from './mount-kind.ts'
import type { ResolvedMount } from './resolved-mount.ts'
import { tmpfsMount } from './tmpfs-mount.ts'
import { volumeMount } from './volume-mount.ts'

const KINDS: { readonly [Kind in keyof MountTypes]: MountKind<Kind> } = {
  bind: bindMount,
  volume: volumeMount,
  tmpfs: tmpfsMount,
  image: imageMount,
}

/** Does `MountKind.check` for a mount of any kind. */
export function checkMount<Kind extends keyof MountTypes>(
  mount: Mount<Kind>,
  place: MountPlace,
): readonly TcomposeError[] {
  return KINDS[mount.kind].check(mount, place)
}

/** Does `MountKind.prepare` for a mount of any kind. */
export function prepareMount<Kind extends keyof MountTypes>(
  mount: Mount<Kind>,
  place: MountPlace,
  image: LayeredTree,
): Promise<void> {
  return KINDS[mount.kind].prepare(mount, place, image)
}

/** Does `MountKind.resolve` for a mount of any kind. */
export function resolveMount<Kind extends keyof MountTypes>(
  mount: Mount<Kind>,
  place: MountPlace,
): ResolvedMount {
  return KINDS[mount.kind].resolve(mount, place)
}
