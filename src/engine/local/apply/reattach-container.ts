import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { writeVolatileRecord } from '../../../disk/record-file.ts'
import type { ContainerId } from '../../../model/names.ts'
import type { Action } from '../../../planner/action.ts'
import { withNetworkSteps } from '../../../runtime/keeper/launch-request.ts'
import { containerNames } from '../container/container-names.ts'
import { connectionSteps } from '../network/connection-steps.ts'
import { hostInterfacesOf } from '../network/host-interfaces.ts'
import { type ContainerLayout, containerLayout } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { LiveEndpoint, LiveRecord } from '../state/live-record.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { noteReattachment } from '../state/reattachment-notice.ts'
import { containerOwners } from '../user-namespace/container-owners.ts'
import { type ApplyContext, entryOf } from './apply-context.ts'
import { type PlannedAttachments, planAttachments } from './connect-network.ts'
import { republishPorts } from './publish-ports.ts'
import { changeHosts } from './write-etc-files.ts'

/** A container whose networks are changed while its process runs. */
interface Reattaching {
  readonly entry: ContainerEntry
  readonly layout: ContainerLayout
  readonly live: LiveRecord
}

/**
 * Takes a container off networks while its process runs. What leads to it there goes first: its names, then its interface,
 * then its addresses. Doing it twice is no failure.
 *
 * @throws {TcomposeError} `network` for an interface that stays.
 */
export async function disconnectContainer(
  context: ApplyContext,
  { id, networks }: Extract<Action, { kind: 'disconnect-container' }>,
): Promise<void> {
  const found = find(context, id)
  if (found === undefined) return
  const live = await takeOff(context, found, networks)
  context.ports.set(id, live)
  if (live.ports.length > 0) await context.firewall.run()
}

/**
 * Brings the networks of a container in line with its record while its process runs. The live record tells at any moment what
 * may be in the kernel, and the project's record that the change is under way until it is done. Doing it twice is no failure.
 *
 * @throws {TcomposeError} As `connectNetwork`; `network` for an interface that stays.
 */
export async function reattachContainer(
  context: ApplyContext,
  { id, disconnect, connect }: Extract<Action, { kind: 'reattach-container' }>,
): Promise<void> {
  const found = find(context, id)
  if (found !== undefined) await reattach(context, found, new Set([...disconnect, ...connect]))
  settleReattachment(context, id)
}

/** Undefined for one that has been torn down meanwhile: its next start has the networks of its record. */
function find(context: ApplyContext, id: ContainerId): Reattaching | undefined {
  const entry = entryOf(context, id)
  if (entry === undefined) return undefined
  const layout = containerLayout(context.roots, context.project, id)
  const live = readLiveRecord(layout.live)
  if (live !== undefined) return { entry, layout, live }
  if (!existsSync(layout.live)) return undefined
  throw new TcomposeError(
    'network',
    `Cannot change the networks of container "${entry.spec.name}": the record of what it has cannot be read`,
    { hint: `Run "tcompose up --force-recreate ${entry.spec.service}"` },
  )
}

async function reattach(
  context: ApplyContext,
  found: Reattaching,
  moved: ReadonlySet<string>,
): Promise<void> {
  const { entry, layout } = found
  const { networkMode } = entry.spec.config
  if (networkMode.kind !== 'networks')
    throw new Error(`Cannot reattach ${entry.spec.name}: it has no networks`)
  const live = await takeOff(context, found, [...moved])
  const planned = await planAttachments(context, {
    entry,
    attachments: networkMode.attachments,
    present: { endpoints: live.endpoints, names: context.network.interfacesInside(layout.netns) },
  })
  const present = new Set(live.endpoints.map(({ network }) => network))
  const added = planned.endpoints.filter(({ network }) => !present.has(network))
  if (added.length > 0) writeLive(layout, { ...live, unsettled: added })
  context.network.addEndpoints(planned.request, { before: live.endpoints, endpoints: planned.made })
  const { endpoints } = planned
  const relays = await republishPorts(context, { entry, live, endpoints })
  const { unsettled: _, relays: __, ...rest } = live
  writeLive(layout, {
    ...rest,
    endpoints,
    dns: live.dns && { ...live.dns, forward: planned.forward },
    ...(relays.length > 0 && { relays }),
    reattachedAt: Date.now(),
  })
  noteReattachment(context.layout)
  context.wantSupervisor()
  context.ports.set(entry.id, { ports: live.ports, endpoints })
  await context.firewall.run()
  const names = containerNames(entry, context.host)
  changeHosts(layout.hosts, { entry, names, ...planned })
  keepForRestarts(context, found, planned)
}

/** Removes what leads to a container on `networks`, and what an earlier change that was cut short has left. */
async function takeOff(
  context: ApplyContext,
  { entry, layout, live }: Reattaching,
  networks: readonly string[],
): Promise<LiveRecord> {
  const { unsettled = [], ...known } = live
  const leaving = [...unsettled, ...live.endpoints.filter(({ network }) => networks.includes(network))]
  const endpoints = live.endpoints.filter(({ network }) => !networks.includes(network))
  if (leaving.length === 0) return live
  const left = { ...known, endpoints, reattachedAt: Date.now() }
  writeLive(layout, { ...left, unsettled: leaving })
  noteReattachment(context.layout)
  await removeInterfaces(context, { entry, layout }, leaving)
  for (const { networkName } of leaving)
    if (!endpoints.some(kept => kept.networkName === networkName))
      await context.addresses.leave(networkName, entry.id)
  writeLive(layout, left)
  return left
}

async function removeInterfaces(
  { network, removals }: ApplyContext,
  { entry, layout }: Omit<Reattaching, 'live'>,
  leaving: readonly LiveEndpoint[],
): Promise<void> {
  const onHost = hostInterfacesOf({ endpoints: leaving })
  network.deleteInside(
    layout.netns,
    leaving.filter(({ hostInterface }) => hostInterface === '').map(({ interfaceName }) => interfaceName),
  )
  if (onHost.length === 0) return
  const gone = removals.add({
    owner: `container "${entry.spec.name}"`,
    interfaces: { bridges: [], endpoints: onHost },
    cgroup: undefined,
    onGone: () => {},
  })
  // Others of the same moment join: the kernel takes as long for one as for all.
  await new Promise(resolve => setImmediate(resolve))
  void removals.flush()
  await gone
}

/** What starts the process again finds its network, or makes one like it. */
function keepForRestarts(
  { roots, project }: ApplyContext,
  { entry, layout, live }: Reattaching,
  { request, made }: PlannedAttachments,
): void {
  if (!existsSync(layout.launch)) return
  const owner = containerOwners(roots, { project, id: entry.id }, entry.spec.config)
  const steps = connectionSteps({ id: entry.id, request, endpoints: made, owner, dns: live.dns })
  const ofNetwork = steps.filter(({ ofNewNetwork }) => ofNewNetwork === true)
  writeFileSync(layout.launch, withNetworkSteps(readFileSync(layout.launch), ofNetwork), { mode: 0o600 })
}

/** The record says that nothing is under way any more; until it is written the next command changes all again. */
export function settleReattachment({ store }: Pick<ApplyContext, 'store'>, id: ContainerId): void {
  const entry = store.record.containers.get(id)
  if (entry?.isReattaching !== true) return
  const { isReattaching: _, ...settled } = entry
  store.setContainer(id, settled)
}

function writeLive({ live }: ContainerLayout, record: LiveRecord): void {
  writeVolatileRecord(live, record)
}
