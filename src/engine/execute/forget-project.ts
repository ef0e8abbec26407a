import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { removeTree } from '../host/remove-tree.ts'
import type { ProjectLayout } from '../state/layout.ts'
import type { RecordStore } from '../state/record-store.ts'

/**
 * Removes the folders of a project that has nothing left but volumes, which stay with their data; the record then says
 * whose they are. The caller holds the project's lock, whose file goes when it is let go.
 */
export async function forgetProject(
  { dataDir, runDir, lock }: ProjectLayout,
  store: RecordStore,
): Promise<void> {
  if (store.record.volumes.size > 0) await store.save()
  else await removeTree(dataDir)
  const names = readdirSync(runDir).filter(name => name !== basename(lock))
  for (const name of names) await removeTree(join(runDir, name))
}
