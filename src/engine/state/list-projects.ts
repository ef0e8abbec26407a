import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ProjectName, parseProjectName } from '../../model/names.ts'
import { projectLayout, type Roots } from './layout.ts'

/** Returns the names of the projects that have a record, sorted. */
export function listProjects(roots: Roots): readonly ProjectName[] {
  const folder = join(roots.data, 'projects')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(isProjectName)
    .filter(name => isThere(projectLayout(roots, name).record))
    .toSorted()
}

/** A link that leads nowhere is a record too, if no good one. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function isProjectName(text: string): text is ProjectName {
  try {
    return parseProjectName(text) === text
  } catch {
    return false
  }
}
