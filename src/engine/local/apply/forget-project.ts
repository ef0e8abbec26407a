import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isPutAside } from '../../../disk/put-aside.ts'
import { removeTree } from '../../../disk/remove-tree.ts'
import type { ProjectLayout } from '../state/layout.ts'
import type { RecordStore } from '../state/record-store.ts'
import { type Trash, throwAway } from '../state/trash.ts'

/**
 * Removes the folders of a project that has nothing left but volumes, which stay with their data; the record then says
 * whose they are. Records that were put aside stay for the user. The caller holds the project's lock, whose file is
 * removed with its release. With `trash` everything is only renamed, where that can be done.
 */
export async function forgetProject(
  layout: Pick<ProjectLayout, 'dataDir' | 'runDir' | 'lock' | 'containersDataDir'>,
  store: RecordStore,
  trash?: Trash,
): Promise<void> {
  const { dataDir, runDir, lock, containersDataDir } = layout
  const remove = trash === undefined ? removeTree : renameOrRemove(trash.data)
  if (store.record.volumes.size > 0) {
    await remove(containersDataDir)
    await store.save()
  } else await removeAllBut(dataDir, isPutAside, remove)
  const names = readdirSync(runDir).filter(name => name !== basename(lock))
  if (trash !== undefined) mkdirSync(trash.run, { recursive: true, mode: 0o700 })
  for (const name of names) {
    const path = join(runDir, name)
    await (trash === undefined ? removeTree(path) : renameOrRemove(join(trash.run, name))(path))
  }
}

/** A disk without space for the rename, or a mount, leaves only the removal. */
function renameOrRemove(trash: string): (path: string) => Promise<void> {
  return async path => {
    try {
      throwAway(path, trash)
    } catch {
      await removeTree(path)
    }
  }
}

async function removeAllBut(
  folder: string,
  isKept: (name: string) => boolean,
  remove: (path: string) => Promise<void>,
): Promise<void> {
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (!names.some(isKept)) return await remove(folder)
  for (const name of names.filter(other => !isKept(other))) await removeTree(join(folder, name))
}
