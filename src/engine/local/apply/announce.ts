import { randomBytes } from '../../../linux/random-bytes.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import { type ContainerId, parseContainerId, replicaLabel } from '../../../model/names.ts'
import type { Action } from '../../../planner/action.ts'
import type { Plan } from '../../../planner/plan.ts'
import { bridgeNameOf, type Owner } from '../network/kernel-name.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { RecordStore } from '../state/record-store.ts'

/** The ids given to the containers that a plan creates, by replica label. */
export type AnnouncedContainers = ReadonlyMap<string, ContainerId>

/**
 * Enters everything that `plan` is about to make into the record, before the first step: one durable write
 * for all of it. `now` is milliseconds since the epoch.
 */
export async function announcePlan(
  plan: Plan,
  store: RecordStore,
  { owner, now }: { readonly owner: Owner; readonly now: number },
): Promise<AnnouncedContainers> {
  const containers = new Map<string, ContainerId>()
  for (const { action } of plan.steps) {
    if (action.kind === 'create-container') {
      const id = parseContainerId(randomBytes(32).toString('hex'))
      containers.set(replicaLabel(action.container), id)
      store.setContainer(id, announcedEntry(id, action.container, now))
    } else if (action.kind === 'reattach-container') announceReattachment(action, store)
    else announceResource(action, store, owner)
  }
  if (plan.steps.some(({ action }) => ANNOUNCED.has(action.kind))) await store.save()
  return containers
}

const ANNOUNCED: ReadonlySet<Action['kind']> = new Set([
  'create-container',
  'create-network',
  'create-volume',
  'reattach-container',
])

/** Who finds the mark does not know which of the networks are those of before, and changes them all. */
function announceReattachment(
  { id, container }: Extract<Action, { kind: 'reattach-container' }>,
  store: RecordStore,
): void {
  const entry = store.record.containers.get(id)
  if (entry !== undefined) store.setContainer(id, { ...entry, spec: container, isReattaching: true })
}

function announcedEntry(id: ContainerId, spec: ContainerSpec, createdAt: number): ContainerEntry {
  return { id, phase: 'creating', spec, imageId: undefined, createdAt, command: [], anonymousVolumes: [] }
}

function announceResource(action: Action, store: RecordStore, owner: Owner): void {
  if (action.kind === 'create-network') {
    const known = store.record.networks.get(action.network.key)
    store.setNetwork(action.network.key, {
      phase: 'creating',
      configHash: action.configHash,
      network: action.network,
      // The bridge's name is known before it is made, so that it can be removed if this is cut short.
      bridge:
        known?.bridge ??
        (action.network.driver === 'bridge' ? bridgeNameOf(owner, action.network) : undefined),
      subnet: known?.subnet,
      gateway: known?.gateway,
      ...(known?.ipv6 && { ipv6: known.ipv6 }),
    })
  } else if (action.kind === 'create-volume') {
    const { key, name, external } = action.volume
    store.setVolume(key, { phase: 'creating', key, name, external, configHash: action.configHash })
  }
}
