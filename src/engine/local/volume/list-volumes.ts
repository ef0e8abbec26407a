import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Roots } from '../state/layout.ts'

/** Returns the names of the volumes there are, sorted; what is on its way out has a dot before its name. */
export function listVolumes(roots: Roots): readonly string[] {
  const folder = join(roots.data, 'volumes')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => !name.startsWith('.'))
    .sort()
}
