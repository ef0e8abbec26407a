import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isPutAside } from '../../../disk/put-aside.ts'
import { removeTree } from '../../../disk/remove-tree.ts'
import type { ProjectLayout } from '../state/layout.ts'
import type { RecordStore } from '../state/record-store.ts'

/**
 * Removes the folders of a project that has nothing left but volumes, which stay with their data; the record then says
 * whose they are. Records that were put aside stay for the user. The caller holds the project's lock, whose file is
 * removed with its release.
 */
export async function forgetProject(
  { dataDir, runDir, lock }: ProjectLayout,
  store: RecordStore,
): Promise<void> {
  if (store.record.volumes.size > 0) await store.save()
  else await removeAllBut(dataDir, isPutAside)
  const names = readdirSync(runDir).filter(name => name !== basename(lock))
  for (const name of names) await removeTree(join(runDir, name))
}

async function removeAllBut(folder: string, isKept: (name: string) => boolean): Promise<void> {
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (!names.some(isKept)) return await removeTree(folder)
  for (const name of names.filter(other => !isKept(other))) await removeTree(join(folder, name))
}
