import { statSync } from 'node:fs'
import { swappedIds } from '../../../model/id-mapping.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/** A user and a group by their ids. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/**
 * Returns `mounts` with those that match users showing the files of `caller` as those of `user`, whom the container runs as:
 * what that user makes belongs to the caller. Without a caller it is the owner of the source.
 */
export function matchOwners(
  mounts: readonly ResolvedMount[],
  user: Owner,
  caller: Owner | undefined,
): readonly ResolvedMount[] {
  return mounts.map(resolved => {
    if (resolved.matchesUser !== true) return resolved
    const { uid, gid } = caller ?? statSync(resolved.mount.source)
    if (uid === user.uid && gid === user.gid) return resolved
    const mount = {
      ...resolved.mount,
      uidMappings: swappedIds(uid, user.uid),
      gidMappings: swappedIds(gid, user.gid),
    }
    return { ...resolved, mount }
  })
}
