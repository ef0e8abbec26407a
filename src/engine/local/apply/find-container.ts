import type { ProjectName } from '../../../model/names.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { readProjects } from '../state/read-projects.ts'

/** A container, whichever project it is of. */
export interface FoundContainer {
  readonly project: ProjectName
  readonly entry: ContainerEntry
}

/**
 * Returns the container of `name`, or with an id that is or begins like it. Where a name stands for several, as while one
 * replaces another, it is the newest.
 */
export function findContainer(roots: Roots, name: string): FoundContainer | undefined {
  const all = readProjects(roots).records.flatMap(record =>
    [...record.containers.values()].map(entry => ({ project: record.project, entry })),
  )
  const named = all.filter(({ entry }) => entry.spec.name === name)
  const found =
    named.length > 0 ? named : all.filter(({ entry }) => ID.test(name) && entry.id.startsWith(name))
  return found.toSorted((a, b) => b.entry.createdAt - a.entry.createdAt)[0]
}

/** Fewer digits are rather a word. */
const ID = /^[0-9a-f]{4,64}$/
