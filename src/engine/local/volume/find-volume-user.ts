import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { readRegularFile } from '../../../disk/regular-file.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry, ProjectRecord } from '../state/project-record.ts'
import { readProjects, type UnreadableProject } from '../state/read-projects.ts'
import { mountedVolumes } from './volume-users.ts'

/** Who uses volumes, of all projects. */
export interface VolumeUsers {
  /** Returns a user of volume `name` in words, e.g. `container shop-web-1`; undefined if there is none. */
  userOf(name: string): string | undefined
}

/**
 * Reads which containers mount which volumes, whether they run or not. `own` is the record of the project that is at
 * work, whose containers that are being removed use nothing any more; `leases` are of other processes. Of a record that
 * cannot be read, what its text names counts as used.
 */
export function readVolumeUsers(roots: Roots, own: ProjectRecord, leases: ReadonlySet<string>): VolumeUsers {
  const { records, unreadable } = readProjects(roots)
  const users = new Map<string, string>()
  const add = (project: ProjectName, entry: ContainerEntry): void => {
    for (const name of mountedVolumes(entry))
      users.set(name, `container ${entry.spec.name} of project ${project}`)
  }
  for (const { project, containers } of records) {
    if (project !== own.project) for (const entry of containers.values()) add(project, entry)
  }
  for (const entry of own.containers.values()) if (entry.phase !== 'removing') add(own.project, entry)
  return {
    userOf: name =>
      users.get(name) ??
      (leases.has(`volume ${name}`) ? 'another command' : undefined) ??
      mentionIn(unreadable, name),
  }
}

function mentionIn(unreadable: readonly UnreadableProject[], name: string): string | undefined {
  const found = unreadable.find(({ path }) =>
    unlessUnreadable(() => readRegularFile(path))?.includes(JSON.stringify(name)),
  )
  return found === undefined ? undefined : `project ${found.project}, whose record cannot be read,`
}
