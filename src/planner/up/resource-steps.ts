import type { ContainerId } from '../../model/names.ts'
import type { ObservedImage, ObservedState } from '../../model/observed-state.ts'
import { compareText } from '../canonical-json.ts'
import type { DesiredState } from '../desired-state.ts'
import type { StepList } from '../step-list.ts'
import type { Decisions } from './decide.ts'
import type { ReplicaDecision, ServiceDecision } from './decide-service.ts'
import type { NetworkChange } from './network-changes.ts'

/** Adds a step for each image that a container needs and that cannot be mounted; returns their ids. */
export function addImageSteps(
  steps: StepList,
  decisions: readonly ServiceDecision[],
  observed: ObservedState,
): ReadonlyMap<string, number> {
  const ids = new Map<string, number>()
  const byImage = Map.groupBy(decisions, ({ service }) => service.config.image)
  for (const image of [...byImage.keys()].sort(compareText)) {
    const users = byImage.get(image) ?? []
    const cause = reasonToFetch(users, observed.images.get(image))
    if (cause === undefined) continue
    const origin = `services.${users[0]?.service.config.name}.image`
    ids.set(image, steps.add({ kind: 'fetch-image', image }, { cause, origin }))
  }
  return ids
}

function reasonToFetch(
  users: readonly ServiceDecision[],
  image: ObservedImage | undefined,
): string | undefined {
  const replicas = users.flatMap(user => user.replicas)
  const isAbsent = image === undefined || image.kind === 'absent'
  if (isAbsent) return replicas.some(isToCreate) ? 'not found' : undefined
  if (image.unpacked) return undefined
  return replicas.some(({ verdict }) => verdict.kind !== 'keep') ? 'not unpacked' : undefined
}

function isToCreate({ verdict }: ReplicaDecision): boolean {
  return verdict.kind === 'create' || verdict.kind === 'recreate'
}

/** Adds the steps that change networks, behind the stops of the containers on them; returns the last ids by key. */
export function addNetworkSteps(
  steps: StepList,
  { networks, inTheWay }: Decisions,
  stopped: ReadonlyMap<ContainerId, number>,
): ReadonlyMap<string, number> {
  const freed = [...inTheWay.keys()].flatMap(id => stopped.get(id) ?? [])
  return new Map([...networks].map(([key, change]) => [key, addNetworkChange(steps, change, freed)]))
}

function addNetworkChange(steps: StepList, change: NetworkChange, freed: readonly number[]): number {
  const { network, configHash } = change.wanted
  const { cause } = change
  const origin = `networks.${network.key}`
  const dependsOn =
    change.kind === 'replace'
      ? [
          steps.add(
            { kind: 'remove-network', key: network.key, name: change.old.name },
            { cause, dependsOn: freed, origin },
          ),
        ]
      : freed
  return steps.add({ kind: 'create-network', network, configHash }, { cause, dependsOn, origin })
}

/** Adds a step for each volume that does not exist under its name; returns their ids by key. */
export function addVolumeSteps(
  steps: StepList,
  desired: DesiredState,
  observed: ObservedState,
): ReadonlyMap<string, number> {
  const ids = new Map<string, number>()
  for (const [key, { volume, configHash }] of desired.volumes) {
    const old = observed.volumes.get(key)
    if (old?.name === volume.name) continue
    const cause = old === undefined ? 'not found' : `renamed: ${old.name} and its data stay`
    ids.set(
      key,
      steps.add({ kind: 'create-volume', volume, configHash }, { cause, origin: `volumes.${key}` }),
    )
  }
  return ids
}

/** Returns the ids that stand at `keys`. */
export function idsAt<Key>(ids: ReadonlyMap<Key, number>, keys: Iterable<Key>): readonly number[] {
  return [...keys].flatMap(key => ids.get(key) ?? [])
}
