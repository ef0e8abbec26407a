import type { Diagnostic } from '../base/diagnostic.ts'
import { isNamed } from '../base/named-services.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedContainer, ObservedVolume } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Whose volumes are asked for. */
export interface VolumesOptions {
  /** Empty is all. */
  readonly services: readonly string[]
}

/** A volume of a project. */
export interface ProjectVolume {
  readonly name: string
  /** Where its files are, as the engine names that. */
  readonly mountpoint: string
  readonly labels: ReadonlyMap<string, string>
}

/** The volumes that were asked for, sorted by name. */
export type VolumesResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'found'; readonly volumes: readonly ProjectVolume[] }

/**
 * Returns the named volumes that the project made and that containers of its services have. Without a file all of them are
 * returned, with a container or not.
 */
export async function volumes(
  context: AppContext,
  request: ProjectRequest,
  { services }: VolumesOptions,
): Promise<VolumesResult> {
  const found = await findProject(context, request, services)
  if (found.kind === 'invalid') return found
  const observed = await context.engine.observe(found.name, [])
  const isAll = services.length === 0 && found.project === undefined
  const users = observed.containers.filter(({ service }) => isNamed(services, service))
  const own = [...observed.volumes.values()]
    .filter(({ external }) => !external)
    .filter(volume => isAll || users.some(user => hasVolume(user, volume)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const places = await context.engine.containers.volumePlaces(own.map(({ name }) => name))
  return {
    kind: 'found',
    volumes: own.map((volume, index) => ({
      name: volume.name,
      mountpoint: places[index]?.mountpoint ?? '',
      labels: labelsOf(found.name, volume, places[index]?.labels ?? new Map()),
    })),
  }
}

function hasVolume(container: ObservedContainer, volume: ObservedVolume): boolean {
  return container.mounts.includes(volume.name)
}

/** Those of the file, and those by which clients of Docker Compose find volumes. */
function labelsOf(
  project: ProjectName,
  { key, configHash }: ObservedVolume,
  labels: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const all = new Map([
    ...labels,
    ['com.docker.compose.config-hash', configHash],
    ['com.docker.compose.project', project],
    ['com.docker.compose.volume', key],
  ])
  return new Map([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
