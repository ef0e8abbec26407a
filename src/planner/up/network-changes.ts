import type { ContainerId } from '../../model/names.ts'
import type { ObservedContainer, ObservedNetwork, ObservedState } from '../../model/observed-state.ts'
import type { NetworkChange } from '../change.ts'
import { changedNetworkKeys } from '../changed-network-keys.ts'
import type { DesiredNetwork, DesiredService, DesiredState } from '../desired-state.ts'
import { joinedServices } from '../graph.ts'
import { isRunning } from '../stops.ts'
import { causeOfChange } from './reattachment.ts'

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
  if (old === undefined) return { kind: 'create-network', wanted, cause: 'not found' }
  if (old.name !== wanted.network.name) {
    return { kind: 'replace-network', wanted, old, cause: `renamed from ${old.name}` }
  }
  if (old.configHash !== wanted.configHash) {
    return { kind: 'replace-network', wanted, old, cause: changeOf(old, wanted) }
  }
  return old.intact ? undefined : { kind: 'repair-network', wanted, cause: 'not intact' }
}

/** Earlier versions did not record what a network was made from. */
function changeOf({ network }: ObservedNetwork, wanted: DesiredNetwork): string {
  const keys = network === undefined ? [] : changedNetworkKeys(network, wanted.network)
  return ['configuration changed', ...(keys.length === 0 ? [] : [keys.join(', ')])].join(': ')
}

/**
 * Returns the containers that have to be stopped before their network is changed, with the reason: those that run on
 * it, or in the namespace of one that does, and those that still hold an address of one to be removed. They join
 * again when they are started. Not those that stay up, nor who runs in the namespaces of these.
 */
export function containersInTheWay(
  changes: ReadonlyMap<string, NetworkChange>,
  { desired, observed, staysUp }: NetworkUsers,
): ReadonlyMap<ContainerId, string> {
  if (changes.size === 0) return new Map()
  const services = new Map(desired.services.map(service => [service.config.name, service]))
  const causes = new Map<ContainerId, string>()
  for (const container of [...observed.containers, ...(observed.oneOffs ?? [])]) {
    if (staysUp(container.id)) continue
    const service = services.get(container.service)
    const own = service?.configHash === container.configHash ? service.networkNames : undefined
    const change = [...changes.values()].find(change =>
      isRunning(container)
        ? own?.has(change.wanted.network.key) || hangsOn(container, change)
        : change.kind === 'replace-network' && holdsAddress(container, change),
    )
    if (change !== undefined) causes.set(container.id, causeOfChange(change))
  }
  return withSharers(causes, services, observed.containers)
}

interface NetworkUsers {
  readonly desired: DesiredState
  readonly observed: ObservedState
  /** Tells whether a container is taken off its networks and put back while it runs. */
  readonly staysUp: (id: ContainerId) => boolean
}

/** Adds, to the containers that are stopped, those that run in their namespaces. */
function withSharers(
  causes: ReadonlyMap<ContainerId, string>,
  services: ReadonlyMap<string, DesiredService>,
  containers: readonly ObservedContainer[],
): ReadonlyMap<ContainerId, string> {
  const all = new Map(causes)
  const stopped = new Map(
    containers.flatMap(({ id, service }) => {
      const cause = causes.get(id)
      return cause === undefined ? [] : [[service, cause] as const]
    }),
  )
  let found = -1
  while (found !== all.size) {
    found = all.size
    for (const container of containers.filter(container => isRunning(container) && !all.has(container.id))) {
      const config = container.spec?.config ?? services.get(container.service)?.config
      const owner = config === undefined ? undefined : joinedServices(config).find(name => stopped.has(name))
      const cause = owner === undefined ? undefined : stopped.get(owner)
      if (cause === undefined) continue
      all.set(container.id, cause)
      stopped.set(container.service, cause)
    }
  }
  return all
}

function hangsOn({ networks, spec }: ObservedContainer, change: NetworkChange): boolean {
  const { key } = change.wanted.network
  return spec?.networkNames.has(key) || networks.some(endpoint => endpoint.network === key)
}

function holdsAddress({ networks }: ObservedContainer, { wanted }: NetworkChange): boolean {
  return networks.some(endpoint => endpoint.network === wanted.network.key)
}
