import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { Network } from '../../../model/network.ts'
import type { Roots } from '../state/layout.ts'
import { readProjects } from '../state/read-projects.ts'
import { type NetworkRecord, networkRecordOf } from './network-record.ts'

/**
 * Returns the network called `name` that another project of this engine made.
 *
 * @throws {TcomposeError} `network` if there is none.
 */
export function findExternalNetwork(
  roots: Roots,
  { key, name }: { readonly key: string; readonly name: string },
): NetworkRecord {
  const found = findNetwork(roots, name)
  if (found !== undefined) return { ...found.record, network: { ...found.record.network, key } }
  throw new TcomposeError(
    'network',
    `Cannot use network "${key}": network ${name} declared as external, but could not be found`,
    {
      hint: 'Bring up the project that declares it first, or remove "external"',
      origin: networkPath(key),
    },
  )
}

/** A network, and whose it is. */
export interface OwnedNetwork {
  readonly project: ProjectName
  readonly record: NetworkRecord
}

/**
 * Returns the network of another project that has the name of `network`, which `project` is to make; undefined if the
 * name is free. As with Docker Compose the keys have to be the same, for a sign that one network is meant.
 *
 * @throws {TcomposeError} `network` if they are not.
 */
export function findSharedNetwork(
  roots: Roots,
  project: ProjectName,
  { key, name }: Network,
): OwnedNetwork | undefined {
  // The name that follows from project and key belongs to no other network.
  if (name === `${project}_${key}`) return undefined
  const found = findNetwork(roots, name, project)
  if (found === undefined || found.record.network.key === key) return found
  throw new TcomposeError(
    'network',
    `Cannot create network "${name}": project "${found.project}" has it as "${found.record.network.key}", expected "${key}"`,
    {
      hint: 'Set "external: true" to use an existing network, or give it another name',
      origin: networkPath(key),
    },
  )
}

/** Returns the network called `name`, unless it is one of the project `except`. */
export function findNetwork(roots: Roots, name: string, except?: ProjectName): OwnedNetwork | undefined {
  for (const { project, networks } of readProjects(roots).records) {
    if (project === except) continue
    for (const entry of networks.values()) {
      const record = entry.network.name === name ? networkRecordOf(entry) : undefined
      if (record !== undefined) return { project, record }
    }
  }
  return undefined
}
