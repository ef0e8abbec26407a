import type { Action } from '../../planner/action.ts'
import { createBridge } from '../network/bridge.ts'
import type { ExecutionContext } from './execution-context.ts'

/**
 * Makes a network's bridge and lets its traffic out.
 *
 * @throws {TcomposeError} `no-free-subnet`, `network`.
 */
export async function createNetwork(
  context: ExecutionContext,
  { network, configHash }: Extract<Action, { kind: 'create-network' }>,
): Promise<void> {
  await context.removals.flush()
  const known = context.store.record.networks.get(network.key)
  const { bridge, subnet, gateway } = createBridge({
    tag: context.tag,
    project: context.project,
    network,
    hint: known?.subnet,
  })
  context.store.setNetwork(network.key, { phase: 'created', configHash, network, bridge, subnet, gateway })
  await context.firewall.run()
}

/** Has a network's bridge removed with the next flush. No container hangs on it any more. */
export async function removeNetwork(
  context: ExecutionContext,
  { key }: Extract<Action, { kind: 'remove-network' }>,
): Promise<void> {
  const entry = context.store.record.networks.get(key)
  if (entry === undefined) return
  context.store.setNetwork(key, { ...entry, phase: 'removing' })
  context.removals.add({
    interfaces: { bridges: entry.bridge === undefined ? [] : [entry.bridge], endpoints: [] },
    cgroup: undefined,
    onGone: () => context.store.setNetwork(key, undefined),
  })
}
