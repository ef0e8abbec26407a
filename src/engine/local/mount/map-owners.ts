import type { IdMapping, OwnerMaps } from '../../../model/id-mapping.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/**
 * Returns a mount of a container with a user namespace as its users are to see it: files of the container as theirs, and
 * those of the host that match a user as that user's of the namespace.
 */
export function mapOwners(resolved: ResolvedMount, owners: OwnerMaps | undefined): ResolvedMount {
  const { mount, extras, isOfContainer } = resolved
  if (owners === undefined || extras.files.kind !== 'host') return resolved
  if (isOfContainer === true) return { ...resolved, mount: { ...mount, ...owners } }
  const { uidMappings, gidMappings } = mount
  if (uidMappings === undefined || gidMappings === undefined) return resolved
  return {
    ...resolved,
    mount: {
      ...mount,
      uidMappings: composed(uidMappings, owners.uidMappings),
      gidMappings: composed(gidMappings, owners.gidMappings),
    },
  }
}

/** Returns what `first` and then `second` do; an id that either has no place for is shown as nobody's. */
function composed(first: readonly IdMapping[], second: readonly IdMapping[]): readonly IdMapping[] {
  return first.flatMap(inner =>
    second.flatMap(outer => {
      const from = Math.max(inner.hostID, outer.containerID)
      const to = Math.min(inner.hostID + inner.size, outer.containerID + outer.size)
      if (from >= to) return []
      return [
        {
          containerID: inner.containerID + from - inner.hostID,
          hostID: outer.hostID + from - outer.containerID,
          size: to - from,
        },
      ]
    }),
  )
}
