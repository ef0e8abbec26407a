import type { Project } from '../model/project.ts'

interface OrphanOptions {
  readonly removeOrphans: boolean
  readonly ignoreOrphans: boolean
}

/** Returns what becomes of orphans: as the flag says, else as the variables of `project` do. */
export function orphanOptions(project: Project | undefined, removeOrphans: boolean): OrphanOptions {
  return {
    removeOrphans: removeOrphans || project?.orphans === 'remove',
    ignoreOrphans: project?.orphans === 'ignore',
  }
}
