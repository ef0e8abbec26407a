import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { namesIn } from '../../../disk/names-in.ts'
import { removeTree } from '../../../disk/remove-tree.ts'
import { isAbandoned, type Maker, temporaryName } from '../../../disk/temporary-name.ts'
import { removeNetns } from '../../../linux/netns.ts'
import type { Roots } from './layout.ts'

/** Folders for what is taken out of view at once and removed later; one in each root, since a rename does not leave its file system. */
export interface Trash {
  readonly data: string
  readonly run: string
}

/** Returns names that are free, for what `keeper` is to remove. */
export function trashFor(roots: Roots, keeper: Maker): Trash {
  return {
    data: join(trashFolder(roots.data), temporaryName(keeper)),
    run: join(trashFolder(roots.run), temporaryName(keeper)),
  }
}

/** Renames `path` to `trash`, which does not exist. */
export function throwAway(path: string, trash: string): void {
  mkdirSync(dirname(trash), { recursive: true, mode: 0o700 })
  renameSync(path, trash)
}

/** Removes what keepers have left that were killed before they had emptied their trash. */
export async function sweepTrash(roots: Roots): Promise<void> {
  for (const folder of [trashFolder(roots.run), trashFolder(roots.data)])
    for (const name of namesIn(folder).filter(isAbandoned)) await sweep(join(folder, name))
}

/** Namespaces of containers are mounted on files of the run folder. */
async function sweep(trash: string): Promise<void> {
  const namespaces = join(trash, 'netns')
  for (const name of namesIn(namespaces)) removeNetns(join(namespaces, name))
  await removeTree(trash)
}

function trashFolder(root: string): string {
  return join(root, 'trash')
}
