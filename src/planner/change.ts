import type { ObservedNetwork } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import type { DesiredNetwork, DesiredService, DesiredVolume } from './desired-state.ts'

/**
 * What happens to one thing of a project, and why. A change names no container: an engine that places replicas
 * itself, such as a cluster, can carry it out as it is. The steps of a plan are how this machine does it.
 */
export type Change = NetworkChange | NetworkRemoval | VolumeChange | VolumeRemoval | ServiceChange

export type NetworkChange =
  | { readonly kind: 'create-network'; readonly wanted: DesiredNetwork; readonly cause: string }
  /** What it is made of is not all there. */
  | { readonly kind: 'repair-network'; readonly wanted: DesiredNetwork; readonly cause: string }
  | {
      readonly kind: 'replace-network'
      readonly wanted: DesiredNetwork
      readonly old: ObservedNetwork
      readonly cause: string
    }

export interface NetworkRemoval {
  readonly kind: 'remove-network'
  readonly key: string
  readonly name: string
  readonly cause: string
}

export interface VolumeChange {
  readonly kind: 'create-volume'
  readonly wanted: DesiredVolume
  readonly cause: string
}

export interface VolumeRemoval {
  readonly kind: 'remove-volume'
  readonly key: string
  readonly name: string
  readonly cause: string
}

export type ServiceChange =
  /** Nothing of it exists. */
  | { readonly kind: 'create-service'; readonly service: DesiredService; readonly cause: string }
  /** At least one replica is not what the file wants. */
  | { readonly kind: 'recreate-service'; readonly service: DesiredService; readonly cause: string }
  /** Networks of running replicas are not what the file wants, and nothing else of them. */
  | { readonly kind: 'reattach-service'; readonly service: DesiredService; readonly cause: string }
  /** There are fewer replicas or more than the file wants, and those that stay are as it says. */
  | { readonly kind: 'scale-service'; readonly service: DesiredService; readonly cause: string }
  /** A container of it beside its replicas. */
  | { readonly kind: 'run-service'; readonly service: DesiredService; readonly cause: string }
  | ServiceMove

/** A change of a service that leaves open what the file says of it. */
export interface ServiceMove {
  readonly kind: 'start-service' | 'stop-service' | 'restart-service' | 'remove-service'
  readonly service: string
  readonly cause: string
}

/** Returns the same change of each of `services`, once each, sorted by name. */
export function moveServices(
  kind: ServiceMove['kind'],
  services: Iterable<string>,
  cause: string,
): readonly ServiceMove[] {
  return [...new Set(services)].sort(compareText).map(service => ({ kind, service, cause }))
}
