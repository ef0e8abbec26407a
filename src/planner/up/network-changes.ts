import type { ContainerId } from '../../model/names.ts'
import type { ObservedContainer, ObservedNetwork, ObservedState } from '../../model/observed-state.ts'
import type { DesiredNetwork, DesiredState } from '../desired-state.ts'
import { isRunning } from '../removal.ts'

/** What has to be done to one network. */
export type NetworkChange =
  | { readonly kind: 'create'; readonly wanted: DesiredNetwork; readonly cause: string }
  /** Its kernel objects are not all there. */
  | { readonly kind: 'repair'; readonly wanted: DesiredNetwork; readonly cause: string }
  | {
      readonly kind: 'replace'
      readonly wanted: DesiredNetwork
      readonly old: ObservedNetwork
      readonly cause: string
    }

/** Returns the networks that are not as wanted, by key. */
export function networkChanges(
  desired: DesiredState,
  observed: ObservedState,
): ReadonlyMap<string, NetworkChange> {
  return new Map(
    [...desired.networks].flatMap(([key, wanted]) => {
      const change = networkChange(wanted, observed.networks.get(key))
      return change === undefined ? [] : [[key, change] as const]
    }),
  )
}

function networkChange(wanted: DesiredNetwork, old: ObservedNetwork | undefined): NetworkChange | undefined {
  if (old === undefined) return { kind: 'create', wanted, cause: 'not found' }
  if (old.name !== wanted.network.name) {
    return { kind: 'replace', wanted, old, cause: `renamed from ${old.name}` }
  }
  if (old.configHash !== wanted.configHash) {
    return { kind: 'replace', wanted, old, cause: 'configuration changed' }
  }
  return old.intact ? undefined : { kind: 'repair', wanted, cause: 'not intact' }
}

/**
 * Returns the containers that have to be gone before their network is changed, with the reason. A container that
 * does not run can stay while its network is created or repaired, for it joins when it starts.
 */
export function containersInTheWay(
  changes: ReadonlyMap<string, NetworkChange>,
  desired: DesiredState,
  observed: ObservedState,
): ReadonlyMap<ContainerId, string> {
  if (changes.size === 0) return new Map()
  const services = new Map(desired.services.map(service => [service.config.name, service]))
  const causes = observed.containers.flatMap(container => {
    const service = services.get(container.service)
    const own = service?.configHash === container.configHash ? service.networkNames : undefined
    const change = [...changes.values()].find(
      change =>
        (change.kind === 'replace' || isRunning(container)) &&
        (own?.has(change.wanted.network.key) || hangsOn(container, change)),
    )
    return change === undefined ? [] : [[container.id, causeFor(change)] as const]
  })
  return new Map(causes)
}

function hangsOn({ networks, spec }: ObservedContainer, change: NetworkChange): boolean {
  const { key } = change.wanted.network
  return spec?.networkNames.has(key) || networks.some(endpoint => endpoint.network === key)
}

function causeFor({ kind, wanted }: NetworkChange): string {
  const { key } = wanted.network
  return kind === 'replace' ? `network ${key} changed` : `network ${key} was lost`
}
