import { removeTree } from '../../../disk/remove-tree.ts'
import { readLeases } from '../../../store/lease.ts'
import { lockStore } from '../../../store/store-lock.ts'
import { readVolumeUsers } from '../volume/find-volume-user.ts'
import { sweepRemovedVolumes, takeVolumeAway } from '../volume/remove-volume.ts'
import type { ApplyContext } from './apply-context.ts'

type VolumeContext = Pick<ApplyContext, 'roots' | 'store' | 'lease'>

/**
 * Removes those of the volumes called `names` that no container uses, of any project, with their data. Returns the others,
 * each with a user in words. `announce` is called before the first is taken, with all that will be. Nobody makes a
 * container meanwhile. A volume that does not exist is no failure.
 */
export async function removeUnusedVolumes(
  { roots, store, lease }: VolumeContext,
  names: readonly string[],
  announce: (names: readonly string[]) => Promise<void> = async () => {},
): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>()
  if (names.length === 0) return kept
  let content: readonly string[]
  {
    using _store = await lockStore(roots)
    const users = readVolumeUsers(roots, store.record, readLeases(roots, lease))
    for (const name of names) {
      const user = users.userOf(name)
      if (user !== undefined) kept.set(name, user)
    }
    const unused = names.filter(name => !kept.has(name))
    if (unused.length > 0) await announce(unused)
    content = unused.flatMap(name => takeVolumeAway(roots, name) ?? [])
  }
  for (const folder of content) await removeTree(folder)
  await sweepRemovedVolumes(roots)
  return kept
}

/** Returns what to tell the user of volumes that `removeUnusedVolumes` left. */
export function keptVolumeWarnings(kept: ReadonlyMap<string, string>): readonly string[] {
  return [...kept].map(([name, user]) => `Volume ${name} is kept: ${user} uses it`)
}
