import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { isDiskFull } from '../../../base/is-disk-full.ts'
import { removeTree } from '../../../disk/remove-tree.ts'
import { isAbandoned, temporaryName } from '../../../disk/temporary-name.ts'
import type { Roots } from '../state/layout.ts'
import { isMounted, unmountVolume } from './mounted-volume.ts'
import { removedVolumesFolder, volumeLayout } from './volume-layout.ts'

/**
 * Takes a volume out of view, by rename, and returns where its content is, to be removed; undefined if it does not
 * exist. A disk without space for the rename leaves it in view.
 */
export function takeVolumeAway(roots: Roots, name: string): string | undefined {
  const { folder } = volumeLayout(roots, name)
  unmountVolume(roots, name)
  // What is mounted is not the volume's to remove.
  if (isMounted(roots, name)) throw new Error(`Cannot remove volume ${name}: something is mounted in it`)
  const own = join(removedVolumesFolder(roots), temporaryName())
  try {
    mkdirSync(removedVolumesFolder(roots), { recursive: true, mode: 0o700 })
    renameSync(folder, own)
    return own
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return undefined
    if (isDiskFull(error)) return folder
    throw error
  }
}

/** Removes what removals of volumes left that were killed in the middle. */
export async function sweepRemovedVolumes(roots: Roots): Promise<void> {
  const removed = removedVolumesFolder(roots)
  const leftovers = existsSync(removed) ? readdirSync(removed).filter(isAbandoned) : []
  for (const leftover of leftovers) await removeTree(join(removed, leftover))
}
