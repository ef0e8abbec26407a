import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Network } from '../../../model/network.ts'
import type { Action } from '../../../planner/action.ts'
import { findSharedNetwork } from '../network/external-network.ts'
import { LEGACY_REMEDY } from '../network/forward-filters.ts'
import { madeNetwork, networkRecordOf } from '../network/network-record.ts'
import { type AddressLease, leasesOfOthers, lockLeases, removeLeases } from '../state/network-leases.ts'
import type { NetworkEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'

/**
 * Makes a network and lets its traffic out.
 *
 * @throws {TcomposeError} `no-free-subnet`, `missing-kernel-feature`, `network`.
 */
export async function createNetwork(
  context: ApplyContext,
  { network, configHash }: Extract<Action, { kind: 'create-network' }>,
): Promise<void> {
  await context.removals.flush()
  assertPredecessorGone(context, network)
  const isNamed = network.name !== `${context.project}_${network.key}`
  // Of two projects that make a network of one name at once, the second finds that of the first on record.
  using _leases = isNamed ? await lockLeases(context.roots, network.name) : undefined
  if (joinNetwork(context, network, configHash)) return
  const known = context.store.record.networks.get(network.key)
  const record = context.network.makeNetwork({
    tag: context.tag,
    project: context.project,
    network,
    known: known === undefined ? undefined : networkRecordOf(known),
  })
  context.store.setNetwork(network.key, { phase: 'created', configHash, network, ...madeNetwork(record) })
  if (isNamed) await context.store.save()
  await context.firewall.run()
  if (record.bridge !== undefined && context.network.isBlockedByLegacy()) warnOfLegacy(context, network)
}

/** Its rules are no matter of nf_tables, so what belongs there is the user's to add. */
function warnOfLegacy({ warn }: ApplyContext, { name }: Network): void {
  warn(
    `Network "${name}" has no way out, and published ports no way in: iptables-legacy drops what is forwarded; run: ${LEGACY_REMEDY}`,
  )
}

/**
 * Joins the network of another project that has the name of one to be made: a name means one network. Its own project
 * continues to manage it.
 */
function joinNetwork(context: ApplyContext, network: Network, configHash: string): boolean {
  const owner = findSharedNetwork(context.roots, context.project, network)
  if (owner === undefined) return false
  const made = { bridge: undefined, subnet: undefined, gateway: undefined }
  context.store.setNetwork(network.key, { phase: 'created', configHash, network, ...made, joined: true })
  context.warn(
    `Network "${network.name}" exists but was not created for project "${context.project}": it is that of project "${owner.project}"; set "external: true" to use an existing network`,
  )
  return true
}

/**
 * Has a network's bridge removed with the next flush. No container of the project is attached any more; while those of
 * others are, it stays, and the last of them removes it.
 *
 * @throws {TcomposeError} `network` if it is to be replaced and others use it.
 */
export async function removeNetwork(
  context: ApplyContext,
  { key, name }: Extract<Action, { kind: 'remove-network' }>,
): Promise<void> {
  const entry = context.store.record.networks.get(key)
  if (entry === undefined) return
  if (entry.joined === true) return context.store.setNetwork(key, undefined)
  const leases = await lockLeases(context.roots, name)
  const users = leasesOfOthers(context.roots, name, context.project)
  if (users.length > 0) {
    leases[Symbol.dispose]()
    return leaveInUse(context, entry, users)
  }
  context.store.setNetwork(key, { ...entry, phase: 'removing' })
  const gone = context.removals.add({
    owner: `network "${name}"`,
    interfaces: { bridges: entry.bridge === undefined ? [] : [entry.bridge], endpoints: [] },
    cgroup: undefined,
    onGone: () => {
      removeLeases(context.roots, name)
      context.store.setNetwork(key, undefined)
    },
  })
  // Nobody else takes an address of a network that is about to go.
  context.doneWhen(gone.finally(() => leases[Symbol.dispose]()))
}

/** @throws {TcomposeError} `network` if what an earlier step was to remove is still there. */
function assertPredecessorGone({ store }: ApplyContext, { key, name }: Network): void {
  if (store.record.networks.get(key)?.phase !== 'removing') return
  throw new TcomposeError(
    'network',
    `Cannot create network "${name}": the one that it replaces is still there`,
    {
      hint: 'Run the command again once that one can be removed',
      origin: networkPath(key),
    },
  )
}

/** An entry that is announced again has a successor in the plan, which cannot be made while this one stays. */
function leaveInUse(context: ApplyContext, entry: NetworkEntry, users: readonly AddressLease[]): void {
  const { key, name } = entry.network
  const containers = users.map(user => `container "${user.name}"`).join(', ')
  if (entry.phase === 'creating') {
    throw new TcomposeError(
      'network',
      `Cannot replace network "${name}": it is in use by ${containers}, expected no container of another project`,
      {
        hint: 'Take the other projects down first, or undo the change of the network',
        origin: networkPath(key),
      },
    )
  }
  context.store.setNetwork(key, { ...entry, abandoned: true })
  context.warn(`Network "${name}" is still in use by ${containers}: it is removed with the last of them`)
  context.leave('Resource is still in use')
}
