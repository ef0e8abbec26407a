import type { Diagnostic } from '../base/diagnostic.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** The containers of a project. */
export type ContainersResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'found'
      readonly project: ProjectName
      readonly containers: readonly ObservedContainer[]
      /** What `run` has made. @default none */
      readonly oneOffs?: readonly ObservedContainer[]
      /** Services of the file; undefined when the project was named without one. */
      readonly services: readonly string[] | undefined
    }

/** Returns the containers of a project, sorted by service, then number or name. */
export async function findContainers(
  context: AppContext,
  request: ProjectRequest,
): Promise<ContainersResult> {
  const found = await findProject(context, request)
  if (found.kind === 'invalid') return found
  const { containers, oneOffs = [] } = await context.engine.observe(found.name, [])
  return {
    kind: 'found',
    project: found.name,
    containers: containers.toSorted((a, b) => compare(a.service, b.service) || a.number - b.number),
    ...(oneOffs.length > 0 && {
      oneOffs: oneOffs.toSorted((a, b) => compare(a.service, b.service) || compare(a.name, b.name)),
    }),
    services: found.project === undefined ? undefined : [...found.project.services.keys()],
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
