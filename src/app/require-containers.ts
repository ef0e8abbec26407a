import { servicePath } from '../base/model-path.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Project } from '../model/project.ts'

/** What is to be done with which containers. */
export interface RequiredContainers {
  /** As the user named them; empty is every service of the file that has replicas. */
  readonly services: readonly string[]
  /** Undefined where the project is known by name alone. */
  readonly project: Project | undefined
  /** E.g. `start`. */
  readonly verb: string
}

/** @throws {TcomposeError} `container-not-running` if a service has no container, or the project has none. */
export function requireContainers(
  { project: name, containers }: ObservedState,
  { services, project, verb }: RequiredContainers,
): void {
  const existing = new Set(containers.map(({ service }) => service))
  const wanted = services.length > 0 ? services : allServices(project)
  const missing = wanted.find(service => !existing.has(service) && needsContainer(project, service))
  if (missing !== undefined) {
    throw new TcomposeError(
      'container-not-running',
      `Cannot ${verb} service "${missing}": it has no container`,
      {
        hint: `Run "tcompose up -d ${missing}" to create and start it`,
        origin: servicePath(missing),
      },
    )
  }
  if (wanted.length > 0 || containers.length > 0) return
  throw new TcomposeError('container-not-running', `Cannot ${verb} project "${name}": it has no container`, {
    hint: 'Run "tcompose ls -a" to see which projects have',
  })
}

function allServices(project: Project | undefined): readonly string[] {
  return [...(project?.services.keys() ?? [])].sort()
}

/** A provider runs outside of containers, and no replicas are none. */
function needsContainer(project: Project | undefined, name: string): boolean {
  if (project?.providers?.has(name)) return false
  return project?.services.get(name)?.replicas !== 0
}
