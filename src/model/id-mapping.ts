/** A range of ids of a file system, and how a mount shows them; `uidMappings` of the OCI runtime specification. */
export interface IdMapping {
  /** The first id that the file system has. */
  readonly containerID: number
  /** The first id that it is shown as. */
  readonly hostID: number
  readonly size: number
}

/** Which users of the host those of a container are. */
export interface OwnerMaps {
  readonly uidMappings: readonly IdMapping[]
  readonly gidMappings: readonly IdMapping[]
}

/** The kernel keeps 2^32 - 1 for "none". */
const IDS = 2 ** 32 - 1

/** Returns mappings that show id `stored` as `shown` and the other way round, and every other id as it is. */
export function swappedIds(stored: number, shown: number): readonly IdMapping[] {
  if (stored === shown) return [{ containerID: 0, hostID: 0, size: IDS }]
  const [low, high] = stored < shown ? [stored, shown] : [shown, stored]
  const same = (from: number, to: number) => ({ containerID: from, hostID: from, size: to - from })
  return [
    same(0, low),
    { containerID: low, hostID: high, size: 1 },
    same(low + 1, high),
    { containerID: high, hostID: low, size: 1 },
    same(high + 1, IDS),
  ].filter(({ size }) => size > 0)
}
