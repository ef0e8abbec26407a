import type { Network } from '../model/network.ts'
import type { Service } from '../model/service.ts'
import type { Volume } from '../model/volume.ts'
import { canonicalJson } from './canonical-json.ts'

/** Returns the lower-case hex SHA-256 of `text`; passed in, because the planner touches no library of the host. */
export type HashText = (text: string) => string

/** Real names of what a service hangs on, by key. */
export interface ResourceNames {
  readonly networkNames: ReadonlyMap<string, string>
  readonly volumeNames: ReadonlyMap<string, string>
}

/**
 * Hashes all of `service` that is fixed when its container is made. How many there are, what they wait for, which
 * profiles enable them, when their image is pulled and whether their logs are shown is left out. The real names of networks and volumes count:
 * a container on a renamed volume is another container.
 */
export function serviceHash(service: Service, names: ResourceNames, hash: HashText): string {
  const { replicas, dependsOn, profiles, pullPolicy, attach, ...fixed } = service
  return hash(canonicalJson({ service: fixed, ...names }))
}

export function networkHash(network: Network, hash: HashText): string {
  return hash(canonicalJson(network))
}

export function volumeHash(volume: Volume, hash: HashText): string {
  return hash(canonicalJson(volume))
}
