import type { Network } from '../model/network.ts'
import type { Service } from '../model/service.ts'
import type { Volume } from '../model/volume.ts'
import { canonicalJson } from './canonical-json.ts'
import { fixedParts } from './fixed-parts.ts'

/** Returns the lower-case hex SHA-256 of `text`; passed in, because the planner touches no library of the host. */
export type HashText = (text: string) => string

/** Real names of the networks and volumes of a service, by key. */
export interface ResourceNames {
  readonly networkNames: ReadonlyMap<string, string>
  readonly volumeNames: ReadonlyMap<string, string>
}

/**
 * Hashes all of `service` that is fixed when its container is made. The real names of networks and volumes count: a
 * container on a renamed volume is another container.
 */
export function serviceHash(service: Service, names: ResourceNames, hash: HashText): string {
  return hash(canonicalJson({ service: fixedParts(service), ...names }))
}

export function networkHash(network: Network, hash: HashText): string {
  return hash(canonicalJson(network))
}

export function volumeHash(volume: Volume, hash: HashText): string {
  return hash(canonicalJson(volume))
}
