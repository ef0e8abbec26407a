import { join } from 'node:path'
import { namesIn } from '../../../../disk/names-in.ts'
import { removeTree } from '../../../../disk/remove-tree.ts'
import { isAbandoned } from '../../../../disk/temporary-name.ts'
import type { Roots } from '../../state/layout.ts'
import { runSessionsFolder } from './session-layout.ts'

/** Removes what builds have left that were killed while they ran commands. Costs one look into a folder where none was. */
export async function sweepRunSessions(roots: Roots): Promise<void> {
  const folder = runSessionsFolder(roots)
  for (const name of namesIn(folder).filter(isAbandoned)) await removeTree(join(folder, name))
}
