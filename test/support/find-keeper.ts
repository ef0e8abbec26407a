import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findKeeper } from '../../src/runtime/keeper/find-keeper.ts'
import type { TestProject } from './test-project.ts'

/** Returns the pid of the keeper of the only project that a test project has. */
export function keeperPid({ state }: TestProject): number {
  const projects = join(state, 'run', 'projects')
  const [name = ''] = readdirSync(projects)
  const pid = findKeeper(join(projects, name, 'keeper.lock'))
  if (pid === undefined) throw new Error('no keeper runs')
  return pid
}
