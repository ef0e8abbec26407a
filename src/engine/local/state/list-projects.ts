import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../../../disk/names-in.ts'
import { type ProjectName, parseProjectName } from '../../../model/names.ts'
import { projectLayout, type Roots } from './layout.ts'

/**
 * Returns the names of the projects that have a record, sorted.
 *
 * @throws {TcomposeError} `not-root` if this user may not know.
 */
export function listProjects(roots: Roots): readonly ProjectName[] {
  return namesIn(join(roots.data, 'projects'))
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
