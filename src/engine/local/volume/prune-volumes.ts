import { removeTree } from '../../../disk/remove-tree.ts'
import type { RemovedVolumes } from '../../../model/stored-image.ts'
import { treeSize } from '../../../store/layers/layer-size.ts'
import { readLeases } from '../../../store/lease.ts'
import { lockStore } from '../../../store/store-lock.ts'
import type { Roots } from '../state/layout.ts'
import { requireAllProjects } from '../state/read-projects.ts'
import { listVolumes } from './list-volumes.ts'
import { takeVolumeAway } from './remove-volume.ts'
import { neededVolumes } from './volume-users.ts'

/**
 * Removes volumes that no project's record and no running command lists: those without a name of their own, or all.
 * No container is created meanwhile.
 *
 * @throws {TcomposeError} `state-corrupt` or `state-version` for a record that cannot be read.
 */
export async function pruneVolumes(
  roots: Roots,
  { all }: { readonly all: boolean },
): Promise<RemovedVolumes> {
  const taken = await takeUnneeded(roots, all)
  let bytes = 0
  for (const folder of taken.values()) {
    bytes += treeSize(folder)
    await removeTree(folder)
  }
  return { names: [...taken.keys()], bytes }
}

/** Returns where the content of each volume is that was taken out of view. */
async function takeUnneeded(roots: Roots, all: boolean): Promise<ReadonlyMap<string, string>> {
  using _store = await lockStore(roots)
  const leases = readLeases(roots)
  const needed = neededVolumes(requireAllProjects(roots))
  const names = listVolumes(roots).filter(
    name => !needed.has(name) && !leases.has(`volume ${name}`) && (all || isAnonymous(name)),
  )
  return new Map(
    names.flatMap(name => {
      const folder = takeVolumeAway(roots, name)
      return folder === undefined ? [] : [[name, folder] as const]
    }),
  )
}

/** 64 hex digits, as `createContainer` makes them up. */
function isAnonymous(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}
