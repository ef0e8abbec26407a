import { join } from 'node:path'
import { namesIn } from '../../../disk/names-in.ts'
import { findKeeper } from '../../../runtime/keeper/find-keeper.ts'
import type { Roots } from './layout.ts'

/** Tells whether the keeper of any project of the engine is alive, so that containers may run. */
export function isAnyProjectKept(roots: Roots): boolean {
  const folder = join(roots.run, 'projects')
  return namesIn(folder).some(name => findKeeper(join(folder, name, 'keeper.lock')) !== undefined)
}
