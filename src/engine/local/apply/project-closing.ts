import { setImmediate as nextTurn } from 'node:timers/promises'
import { dissolveCgroup } from '../../../linux/cgroup/dissolve-cgroup.ts'
import type { Action } from '../../../planner/action.ts'
import type { Plan } from '../../../planner/plan.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { containerCgroupOf } from '../container/container-cgroup.ts'
import { hostInterfacesOf } from '../network/host-interfaces.ts'
import { releaseLayers } from '../quota/layer-quota.ts'
import { endEvent } from '../state/end-event.ts'
import { EventLog } from '../state/event-log.ts'
import { eventsPath } from '../state/event-record.ts'
import { containerLayout, type ProjectLayout, projectLayout } from '../state/layout.ts'
import { hasLentInterfaces } from '../state/lent-file.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { LiveRecord } from '../state/live-record.ts'
import { leasesOfOthers, lockLeases, removeLeases } from '../state/network-leases.ts'
import { noteEvent } from '../state/note-event.ts'
import type { ContainerEntry, NetworkEntry, ProjectRecord } from '../state/project-record.ts'
import { type Trash, trashFor } from '../state/trash.ts'
import { releaseOwners } from '../user-namespace/container-owners.ts'
import { type ApplyContext, entryOf } from './apply-context.ts'
import { unmountVolumesOf } from './container-volumes.ts'
import type { KeeperLink } from './keeper-link.ts'
import { removeNetwork } from './network-actions.ts'
import { removeContainer } from './remove-container.ts'
import { stopProcesses } from './stop-container.ts'
import { tearDownContainer } from './tear-down-container.ts'

type ActionOf<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>

/** A step whose object goes with all others. */
interface Leaving<Kind extends Action['kind'], Entry> {
  readonly context: ApplyContext
  readonly action: ActionOf<Kind>
  readonly entry: Entry
  readonly gone: PromiseWithResolvers<void>
}

type LeavingContainer = Leaving<'remove-container', ContainerEntry>
type LeavingNetwork = Leaving<'remove-network', NetworkEntry>

/** What the steps share. */
type ClosingContext = Pick<
  ApplyContext,
  'roots' | 'tag' | 'project' | 'store' | 'host' | 'network' | 'ports' | 'firewall' | 'removals'
>

interface Way {
  readonly keepers: Pick<KeeperLink, 'closeProject'>
  readonly trash: Trash
}

/**
 * Takes a whole project down at once: its containers are ended in the order of the plan, and what they leave goes in one request to
 * the keeper when all have. Nothing is written down before, since each state on the way is one that any command
 * makes good: containers that have ended, or that have lost what they had in the kernel.
 *
 * Where the steps do not come that far, or the keeper does not do it, each object is removed as by itself.
 */
export class ProjectClosing {
  readonly #stopped: { readonly context: ApplyContext; readonly entry: ContainerEntry }[] = []
  readonly #containers: LeavingContainer[] = []
  readonly #networks: LeavingNetwork[] = []

  /** Tells whether a step is for this in place of `runAction`, and does it. */
  async run(context: ApplyContext, action: Action): Promise<boolean> {
    switch (action.kind) {
      case 'stop-container':
        await this.#stop(context, action)
        return true
      case 'remove-container':
        await this.#removeContainer(context, action)
        return true
      case 'remove-network':
        this.#removeNetwork(context, action)
        return true
      default:
        return false
    }
  }

  async #stop(context: ApplyContext, { id, grace }: ActionOf<'stop-container'>): Promise<void> {
    const entry = entryOf(context, id)
    if (entry === undefined) return
    await stopProcesses(context, entry, grace)
    this.#stopped.push({ context, entry })
  }

  async #removeContainer(context: ApplyContext, action: ActionOf<'remove-container'>): Promise<void> {
    const entry = entryOf(context, action.id)
    if (entry === undefined) return
    await unmountVolumesOf(context.roots, { project: context.project, entry })
    context.store.setContainer(entry.id, { ...entry, phase: 'removing' })
    this.#containers.push({ context, action, entry, gone: goneWith(context) })
  }

  #removeNetwork(context: ApplyContext, action: ActionOf<'remove-network'>): void {
    const entry = context.store.record.networks.get(action.key)
    if (entry !== undefined) this.#networks.push({ context, action, entry, gone: goneWith(context) })
  }

  /**
   * Removes what the steps have left, and resolves when it is gone or known to stay. Where the keeper has done it, it removes in the
   * end what is in the folders that are returned.
   */
  async close(context: ClosingContext, keepers: KeeperLink): Promise<Trash | undefined> {
    const keeper = this.#isWhole(context) ? await keepers.running() : undefined
    const trash = keeper === undefined ? undefined : trashFor(context.roots, await keeper.identity())
    if (trash !== undefined && (await this.#closeAtOnce(context, { keepers, trash }))) return trash
    await this.#removeEach(context)
    return undefined
  }

  /** Tells whether all is gone. */
  async #closeAtOnce(context: ClosingContext, way: Way): Promise<boolean> {
    const { roots, project, store } = context
    using locks = new DisposableStack()
    for (const { entry } of this.#networks) locks.use(await lockLeases(roots, entry.network.name))
    const isShared = ({ entry }: LeavingNetwork) =>
      leasesOfOthers(roots, entry.network.name, project).length > 0
    if (this.#networks.some(isShared)) return false
    for (const { entry } of this.#networks)
      store.setNetwork(entry.network.key, { ...entry, phase: 'removing' })
    try {
      const announced = store.record.volumes.size > 0 ? store.save() : undefined
      await Promise.all([this.#removeFromKernel(context, way), announced])
    } catch {
      for (const { entry } of this.#networks) store.setNetwork(entry.network.key, entry)
      return false
    }
    for (const { entry } of this.#networks) removeLeases(roots, entry.network.name)
    this.#forget(context)
    return true
  }

  /** Every step was run: nothing of the project stays but volumes. */
  #isWhole({ store }: ClosingContext): boolean {
    const { containers, networks } = store.record
    return containers.size === this.#containers.length && networks.size === this.#networks.length
  }

  /** Throws for whatever stays. */
  async #removeFromKernel(context: ClosingContext, { keepers, trash }: Way): Promise<void> {
    const { roots, project, tag, host, network, ports, firewall } = context
    const lives = new Map<string, LiveRecord>()
    for (const { entry } of this.#containers) {
      const layout = containerLayout(roots, project, entry.id)
      const live = readLiveRecord(layout.live)
      if (live !== undefined) lives.set(entry.id, live)
      // Interfaces of the host go back before those of the project go.
      if (hasLentInterfaces(layout.netns)) network.removeNetns(layout.netns)
    }
    const removal = network.removeInterfacesElsewhere(
      {
        bridges: this.#networks.flatMap(({ entry }) => entry.bridge ?? []),
        endpoints: [...lives.values()].flatMap(hostInterfacesOf),
      },
      messages => keepers.closeProject({ messages, folders: [trash.run, trash.data] }),
    )
    // The keeper begins before this process goes on.
    await Promise.race([nextTurn(), removal])
    for (const { entry } of this.#containers)
      network.removeNetns(containerLayout(roots, project, entry.id).netns)
    ports.know(lives)
    for (const { entry } of this.#containers) ports.remove(entry.id)
    const dissolved = this.#containers.map(({ entry }) => {
      const owner = { tag, project, id: entry.id, parent: entry.spec.config.cgroupParent }
      return dissolveCgroup(containerCgroupOf(host.cgroups, owner))
    })
    const [refused] = await Promise.all([removal, firewall.run(), ...dissolved])
    if (refused.size > 0) throw new Error(`Cannot delete ${[...refused.keys()].join(', ')}`)
  }

  #forget({ roots, project, store }: ClosingContext): void {
    const events = projectLayout(roots, project)
    this.#noteEnds(events)
    for (const { entry, gone } of this.#containers) {
      const { storageSize, userns } = entry.spec.config
      if (storageSize !== undefined) releaseLayers(roots, { project, id: entry.id })
      if (userns !== undefined) releaseOwners(roots, { project, id: entry.id })
      noteEvent(events, { action: 'destroy', entry })
      store.setContainer(entry.id, undefined)
      gone.resolve()
    }
    for (const { entry, gone } of this.#networks) {
      store.setNetwork(entry.network.key, undefined)
      gone.resolve()
    }
  }

  /** The supervisor may have been ended before it had seen the last ends. */
  #noteEnds(layout: Pick<ProjectLayout, 'runDir'>): void {
    const log = new EventLog(eventsPath(layout))
    try {
      for (const { context, entry } of this.#stopped) {
        const state = readProcessState(containerLayout(context.roots, context.project, entry.id))
        if (state.kind === 'ended') log.append(endEvent({ id: entry.id, ...entry.spec }, state))
      }
    } catch {
      // An event that is lost changes nothing else.
    }
  }

  /** What each removal sets going is over with the next flush. */
  async #removeEach({ removals }: ClosingContext): Promise<void> {
    const tornDown = this.#stopped.map(async ({ context, entry }) => {
      const { gone } = await tearDownContainer(context, entry)
      context.tornDown.set(entry.id, gone)
    })
    // What could not be torn down is tried again, and reported, by its removal.
    await Promise.allSettled(tornDown)
    const ends = [
      ...this.#containers.map(leaving =>
        attempt(leaving, context => removeContainer(context, leaving.action)),
      ),
      ...this.#networks.map(leaving => attempt(leaving, context => removeNetwork(context, leaving.action))),
    ]
    const begun = await Promise.all(ends)
    await removals.flush()
    await Promise.all(begun.map(end => end()))
  }
}

function goneWith({ doneWhen }: ApplyContext): PromiseWithResolvers<void> {
  const gone = Promise.withResolvers<void>()
  gone.promise.catch(() => undefined)
  doneWhen(gone.promise)
  return gone
}

/** Begins a removal; what is returned settles the step once that is over. */
async function attempt(
  { context, gone }: Pick<LeavingContainer, 'context' | 'gone'>,
  remove: (context: ApplyContext) => Promise<void>,
): Promise<() => Promise<void>> {
  const pending: Promise<void>[] = []
  const begun = remove({ ...context, doneWhen: promise => void pending.push(promise) })
  await begun.catch(() => undefined)
  return async () => {
    const results = await Promise.allSettled([begun, ...pending])
    const failure = results.find(({ status }) => status === 'rejected')
    if (failure?.status === 'rejected') gone.reject(failure.reason)
    else gone.resolve()
  }
}

/** Tells whether `plan` may take a project down as a whole: it makes nothing, and no data is lost that must be announced. */
export function isClosing({ steps }: Plan, { containers, networks, providers }: ProjectRecord): boolean {
  const removed = new Map(
    steps.flatMap(({ action }) => (action.kind === 'remove-container' ? [[action.id, action] as const] : [])),
  )
  const networksRemoved = new Set(
    steps.flatMap(({ action }) => (action.kind === 'remove-network' ? [action.key] : [])),
  )
  return (
    removed.size > 0 &&
    (providers?.size ?? 0) === 0 &&
    [...networks].every(([key, { joined }]) => joined !== true && networksRemoved.has(key)) &&
    steps.every(({ action }) => CLOSING.has(action.kind)) &&
    [...containers.values()].every(({ id, anonymousVolumes, withVolumes }) => {
      const action = removed.get(id)
      const losesVolumes = withVolumes === true || action?.anonymousVolumes === true
      return action !== undefined && !(losesVolumes && anonymousVolumes.length > 0)
    })
  )
}

const CLOSING: ReadonlySet<Action['kind']> = new Set([
  'stop-container',
  'remove-container',
  'remove-network',
  'remove-volume',
])
