import { isUnreadable } from '../../../base/is-unreadable.ts'
import type { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ProjectName } from '../../../model/names.ts'
import { projectLayout, type Roots } from './layout.ts'
import { listProjects } from './list-projects.ts'
import { type ProjectRecord, readProjectRecord } from './project-record.ts'

/** What can be read of the projects of an engine. */
export interface ProjectRecords {
  readonly records: readonly ProjectRecord[]
  readonly unreadable: readonly UnreadableProject[]
}

/** A project whose record is damaged, or was written by a later version. */
export interface UnreadableProject {
  readonly project: ProjectName
  /** The path of its record. */
  readonly path: string
  readonly error: TcomposeError
}

/** Reads the records of all projects; one that cannot be read does not affect the others. */
export function readProjects(roots: Roots): ProjectRecords {
  const records: ProjectRecord[] = []
  const unreadable: UnreadableProject[] = []
  for (const project of listProjects(roots)) {
    const path = projectLayout(roots, project).record
    try {
      records.push(readProjectRecord(path, project))
    } catch (error) {
      if (!isUnreadable(error)) throw error
      unreadable.push({ project, path, error })
    }
  }
  return { records, unreadable }
}

/**
 * Reads the records of all projects, for those who remove what no project needs.
 *
 * @throws {TcomposeError} `state-corrupt` or `state-version`: what cannot be read might need anything.
 */
export function requireAllProjects(roots: Roots): readonly ProjectRecord[] {
  const { records, unreadable } = readProjects(roots)
  const [first] = unreadable
  if (first !== undefined) throw first.error
  return records
}
