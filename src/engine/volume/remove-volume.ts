import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { removeTree } from '../host/remove-tree.ts'
import type { Roots } from '../state/layout.ts'
import { isAbandoned, temporaryName } from '../state/temporary-name.ts'
import { removedVolumesFolder, volumeLayout } from './volume-layout.ts'

/**
 * Removes a volume with its content; one that does not exist is no failure. It is gone at once, by rename; what a
 * removal left that was killed in the middle goes with the next.
 *
 * @throws {TcomposeError} `system-call` if something in it cannot be removed.
 */
export async function removeVolume(roots: Roots, name: string): Promise<void> {
  const own = takeVolumeAway(roots, name)
  const removed = removedVolumesFolder(roots)
  const leftovers = readdirSync(removed).filter(isAbandoned)
  for (const leftover of leftovers) await removeTree(join(removed, leftover))
  if (own !== undefined) await removeTree(own)
}

/** Takes a volume out of view and returns where its content is, to be removed; undefined if it does not exist. */
export function takeVolumeAway(roots: Roots, name: string): string | undefined {
  const removed = removedVolumesFolder(roots)
  mkdirSync(removed, { recursive: true, mode: 0o700 })
  const own = join(removed, temporaryName())
  return renameIfPresent(volumeLayout(roots, name).folder, own) ? own : undefined
}

function renameIfPresent(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return false
    throw error
  }
}
