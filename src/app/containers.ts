import type { ContainersResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Returns the containers of a project, sorted by service and number. */
export async function findContainers(
  context: AppContext,
  request: ProjectRequest,
): Promise<ContainersResult> {
  const found = await findProject(context, request)
  if (found.kind === 'invalid') return found
  const { containers } = await context.engine.observe(found.name, [])
  return {
    kind: 'found',
    project: found.name,
    containers: containers.toSorted((a, b) => compare(a.service, b.service) || a.number - b.number),
    services: found.project === undefined ? undefined : [...found.project.services.keys()],
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
