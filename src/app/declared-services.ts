import type { Project } from '../model/project.ts'

/** Tells whether a service is one of the file, on or off. Without a file, all that the project has is its own. */
export function isDeclared(project: Project | undefined, service: string): boolean {
  if (project === undefined) return true
  return project.services.has(service) || project.disabledServices?.includes(service) === true
}
