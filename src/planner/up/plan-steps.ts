import { servicePath } from '../../base/model-path.ts'
import type { ContainerId } from '../../model/names.ts'
import type { ObservedState } from '../../model/observed-state.ts'
import { containerSpec, type DesiredService, type DesiredState, replicaAddress } from '../desired-state.ts'
import { addFirewallStep } from '../firewall-step.ts'
import { sharedServices } from '../graph.ts'
import { observedDependencies } from '../observed-dependencies.ts'
import type { Step } from '../plan.ts'
import { addSpentRemovals } from '../plan-sweep.ts'
import { addPostStart, addUnfinishedHooks, lacksPostStart } from '../post-start.ts'
import { addPreStart } from '../pre-start.ts'
import { addRemoval, addRemovals } from '../removal.ts'
import { StepList } from '../step-list.ts'
import { addStops, type DependencyNames, dependentsFirst, type Outgoing, StopOrder } from '../stops.ts'
import { addUpBuilds } from './add-up-builds.ts'
import { Gates } from './gates.ts'
import { HostPorts } from './host-ports.ts'
import { orphanProviders } from './orphan-providers.ts'
import type { UpChanges } from './plan-changes.ts'
import { preStartHooks } from './pre-start-hooks.ts'
import type { Reattachment } from './reattachment.ts'
import { addDisconnections, addReattachments } from './reattachment-steps.ts'
import { addImageSteps, addNetworkSteps, addVolumeSteps, idsAt } from './resource-steps.ts'
import type { ReplicaPlan, ServicePlan } from './service-plan.ts'
import type { UpOptions } from './up-options.ts'

export interface UpContext {
  readonly desired: DesiredState
  readonly observed: ObservedState
  readonly options: UpOptions
}

/** Lays `changes` out as steps of this machine: containers, each behind what it needs. */
export function planSteps(changes: UpChanges, context: UpContext): readonly Step[] {
  return new UpSteps({ ...context, changes }).layOut()
}

interface UpSource extends UpContext {
  readonly changes: UpChanges
}

/** The maps hold the ids of the steps so far. */
class UpSteps {
  readonly #source: UpSource
  readonly #steps = new StepList()
  readonly #removed = new Map<ContainerId, number>()
  readonly #stopped = new Map<ContainerId, number>()
  readonly #created = new Map<string, number>()
  readonly #started = new Map<string, number[]>()
  readonly #gates: Gates
  readonly #ports: HostPorts
  readonly #order: StopOrder
  #networks: ReadonlyMap<string, number> = new Map()
  #volumes: ReadonlyMap<string, number> = new Map()
  #reattached: ReadonlyMap<ContainerId, number> = new Map()

  constructor(source: UpSource) {
    this.#source = source
    this.#order = new StopOrder(dependencyNames(source))
    this.#gates = new Gates(this.#steps, source.changes, this.#started)
    this.#ports = new HostPorts(source.changes.services, source.observed.containers)
  }

  layOut(): readonly Step[] {
    const { desired, observed, changes, options } = this.#source
    // Nothing is created or stopped for an image that can be neither built nor fetched.
    const built = addUpBuilds(this.#steps, changes.builds, { desired, choice: options })
    const fetched = addImageSteps(this.#steps, changes, { observed, choice: options })
    this.#steps.waitFor([...built, ...fetched])
    addFirewallStep(this.#steps, observed)
    this.#clearTheWay()
    const moved = this.#reattachments()
    const left = addDisconnections(this.#steps, moved, changes.networks)
    this.#networks = addNetworkSteps(this.#steps, changes, { stopped: this.#stopped, left })
    this.#volumes = addVolumeSteps(this.#steps, changes.volumes)
    this.#reattached = addReattachments(this.#steps, moved, { left, networks: this.#networks })
    for (const plan of changes.services) this.#createReplicas(plan)
    this.#removeSurplus()
    this.#stopForRestart()
    this.#removeContested()
    for (const plan of changes.services) this.#replaceAndStart(plan)
    const bystanders = dependentsFirst(changes.bystanders, this.#order.dependencies).toReversed()
    for (const { members } of bystanders) for (const member of members) this.#startBystander(member)
    if (options.removeOrphans) this.#removeOrphanProviders()
    return this.#steps.steps
  }

  /** Behind the containers that they have given variables to. */
  #removeOrphanProviders(): void {
    const { desired, observed } = this.#source
    for (const [service, { provider }] of orphanProviders(desired, observed)) {
      const users = observed.containers.filter(({ spec }) => spec?.config.providedBy?.includes(service))
      const gone = idsAt(
        this.#removed,
        users.map(({ id }) => id),
      )
      const cause = 'not in the file'
      this.#steps.add({ kind: 'remove-provider', service, provider }, { cause, dependsOn: gone })
    }
  }

  #reattachments(): readonly Reattachment[] {
    const { services, guests } = this.#source.changes
    const own = services.flatMap(({ replicas }) => replicas).flatMap(({ reattachment }) => reattachment ?? [])
    return [...own, ...guests]
  }

  /** Returns the steps that change networks of what `service` depends on. */
  #rejoined({ dependencies }: DesiredService): readonly number[] {
    const names = new Set(dependencies.map(({ service }) => service))
    const moved = this.#reattachments().filter(({ container }) => names.has(container.service))
    return idsAt(
      this.#reattached,
      moved.map(({ container }) => container.id),
    )
  }

  #clearTheWay(): void {
    const { inTheWay } = this.#source.changes
    const { containers, oneOffs = [] } = this.#source.observed
    this.#stop(
      [...containers, ...oneOffs].flatMap(container => {
        const cause = inTheWay.get(container.id)
        return cause === undefined ? [] : [{ container, cause }]
      }),
    )
  }

  #createReplicas({ service, replicas }: ServicePlan): void {
    const isRenewed = this.#source.options.renewAnonymousVolumes === true
    for (const { number, fate } of replicas) {
      if (fate.kind !== 'create' && fate.kind !== 'recreate') continue
      const old = fate.kind === 'create' ? fate.replaces : fate.container.id
      this.#create(service, number, { cause: fate.cause, replaces: isRenewed ? undefined : old })
    }
  }

  #create(
    service: DesiredService,
    number: number,
    { cause, replaces }: { readonly cause: string; readonly replaces: ContainerId | undefined },
  ): void {
    const { config, networkNames, volumeNames } = service
    const container = containerSpec(this.#source.desired, service, number)
    const id = this.#steps.add(
      { kind: 'create-container', container, replaces },
      {
        cause,
        origin: servicePath(config.name),
        dependsOn: [
          ...idsAt(this.#networks, networkNames.keys()),
          ...idsAt(this.#volumes, volumeNames.keys()),
          ...idsAt(this.#created, sharedServices(config)),
        ],
      },
    )
    this.#created.set(replicaKey(config.name, number), id)
    if (!this.#created.has(config.name)) this.#created.set(config.name, id)
  }

  #removeSurplus(): void {
    const { changes, options } = this.#source
    const outgoing = [
      ...changes.services.flatMap(({ surplus }) => surplus),
      ...changes.orphans.map(container => ({ container, cause: 'not in the file' })),
    ]
    const { timeout: grace } = options
    const ids = addRemovals(this.#steps, outgoing, { grace, order: this.#order, stopped: this.#stopped })
    for (const [container, id] of ids) this.#removed.set(container, id)
    const swept = addSpentRemovals(this.#steps, changes.spentOneOffs, this.#stopped)
    for (const [container, id] of swept) this.#removed.set(container, id)
  }

  /** Dependents go down before what they depend on is replaced, but not before the replacement exists. */
  #stopForRestart(): void {
    const { changes } = this.#source
    const outgoing = changes.services
      .flatMap(({ replicas }) => replicas)
      .flatMap(({ fate }) => (fate.kind === 'restart' ? [fate] : []))
      .filter(({ container }) => !this.#stopped.has(container.id))
    const joined = outgoing.flatMap(({ container }) => idsAt(this.#reattached, [container.id]))
    this.#stop(outgoing, service => [...idsAt(this.#created, this.#order.dependencies(service)), ...joined])
  }

  #stop(outgoing: readonly Outgoing[], dependsOn: (service: string) => readonly number[] = () => []): void {
    const { timeout: grace } = this.#source.options
    const ids = addStops(this.#steps, outgoing, { grace, order: this.#order, dependsOn })
    for (const [container, id] of ids) this.#stopped.set(container, id)
  }

  /** A container whose host port another one takes over is removed without waiting for its successor's turn. */
  #removeContested(): void {
    for (const { replicas } of this.#source.changes.services) {
      for (const replica of replicas) {
        for (const removal of this.#outgoing(replica)) {
          if (this.#ports.isContested(removal.container)) this.#removeOutgoing(replica, removal, [])
        }
      }
    }
  }

  #replaceAndStart({ service, replicas, surplus }: ServicePlan): void {
    const active = replicas.filter(replica => this.#isActive(replica))
    if (active.length === 0) {
      if (replicas.length > 0 && !this.#source.options.noStart) this.#gates.addFor(service.dependencies)
      return
    }
    const isStarting = !this.#source.options.noStart && active.some(replica => this.#startCause(replica))
    const gates = isStarting ? this.#gates.idsFor(service.dependencies) : []
    for (const replica of active)
      for (const removal of this.#outgoing(replica)) this.#removeOutgoing(replica, removal, gates)
    const ready = isStarting ? this.#runPreStart({ service, replicas, surplus }, gates) : gates
    for (const replica of active) {
      this.#start(service, replica, ready)
      this.#finishHooks(replica)
    }
  }

  /** Returns what the starts of a service wait for. Its hooks run where nothing of it does: old containers go first. */
  #runPreStart(plan: ServicePlan, gates: readonly number[]): readonly number[] {
    const { service, replicas } = plan
    const { name } = service.config
    const hooks = preStartHooks(plan)
    if (hooks.length === 0) return gates
    const starting = replicas.filter(replica => this.#startCause(replica) !== undefined)
    const old = replicas.flatMap(({ fate, leftovers }) => [
      ...('container' in fate && fate.kind !== 'keep' ? [fate.container] : []),
      ...leftovers.map(({ container }) => container),
    ])
    const { oneOffs = [] } = this.#source.observed
    const gone = [...old, ...oneOffs.filter(other => other.service === name)].map(({ id }) => id)
    return addPreStart(this.#steps, {
      naming: this.#source.desired,
      service: { ...service, service: name, platform: service.image.platform },
      hooks,
      starting: starting.map(({ number }) => number),
      made: [
        ...idsAt(this.#networks, service.networkNames.keys()),
        ...idsAt(this.#volumes, service.volumeNames.keys()),
        ...idsAt(this.#created, sharedServices(service.config)),
      ],
      before: [
        ...gates,
        ...idsAt(this.#stopped, gone),
        ...idsAt(this.#removed, gone),
        ...this.#order.before(name),
        ...starting.flatMap(({ number }) => idsAt(this.#created, [replicaKey(name, number)])),
      ],
    })
  }

  #isActive(replica: ReplicaPlan): boolean {
    const { fate, leftovers } = replica
    return (
      leftovers.length > 0 ||
      this.#startCause(replica) !== undefined ||
      (fate.kind === 'keep' && lacksPostStart(fate.container))
    )
  }

  /** Returns the containers of the replica still to be removed. */
  #outgoing({ fate, leftovers }: ReplicaPlan): readonly Outgoing[] {
    const replaced = fate.kind === 'recreate' ? [{ container: fate.container, cause: 'replaced' }] : []
    return [...leftovers, ...replaced].filter(({ container }) => !this.#removed.has(container.id))
  }

  #removeOutgoing(replica: ReplicaPlan, removal: Outgoing, gates: readonly number[]): void {
    this.#remove(removal, [
      ...gates,
      ...idsAt(this.#created, [replicaKey(replica.service, replica.number)]),
      ...this.#order.before(replica.service),
    ])
  }

  #start(service: DesiredService, replica: ReplicaPlan, gates: readonly number[]): void {
    const cause = this.#startCause(replica)
    if (cause === undefined || this.#source.options.noStart) return
    const { config, networkNames, volumeNames } = service
    const { number, fate, leftovers } = replica
    const { name } = containerSpec(this.#source.desired, service, number)
    const own = 'container' in fate ? [fate.container.id] : []
    const isNew = fate.kind === 'create' || fate.kind === 'recreate'
    const made = isNew
      ? idsAt(this.#created, [replicaKey(config.name, number)])
      : [...idsAt(this.#networks, networkNames.keys()), ...idsAt(this.#volumes, volumeNames.keys())]
    const id = this.#steps.add(
      {
        kind: 'start-container',
        replica: replicaAddress(service, number),
        name,
      },
      {
        cause,
        origin: servicePath(config.name),
        dependsOn: [
          ...made,
          ...gates,
          ...idsAt(this.#stopped, own),
          ...this.#order.before(config.name),
          ...idsAt(this.#removed, [...own, ...leftovers.map(({ container }) => container.id)]),
          ...this.#portsFreed(service),
          ...this.#rejoined(service),
        ],
      },
    )
    this.#addStarted(config.name, addPostStart(this.#steps, { replica, name, config }, id))
  }

  /** Those of a container that runs as it should otherwise. */
  #finishHooks(replica: ReplicaPlan): void {
    const { fate, service } = replica
    if (fate.kind !== 'keep' || !lacksPostStart(fate.container) || this.#source.options.noStart) return
    const { name, spec } = fate.container
    this.#addStarted(service, addUnfinishedHooks(this.#steps, { replica, name, config: spec?.config }, []))
  }

  #addStarted(service: string, id: number): void {
    this.#started.set(service, [...(this.#started.get(service) ?? []), id])
  }

  #startCause({ fate }: ReplicaPlan): string | undefined {
    switch (fate.kind) {
      case 'create':
        return 'new'
      case 'recreate':
        return 'recreated'
      case 'start':
      case 'restart':
        return fate.cause
      case 'keep':
        return undefined
    }
  }

  /** Returns the removals so far of containers of other services that hold a port which `service` wants. */
  #portsFreed(service: DesiredService): readonly number[] {
    return this.#ports.holdersInTheWayOf(service).flatMap(container => this.#removed.get(container.id) ?? [])
  }

  /** A start is for the newest container of a replica, so one whose creation did not finish must not be that. */
  #startBystander({ container, cause }: Outgoing): void {
    if (this.#source.options.noStart) return
    const { id, spec, service, number, name, networks } = container
    const keys = spec?.networkNames.keys() ?? networks.map(({ network }) => network)
    const unfinished = this.#source.observed.containers.filter(
      other => other.service === service && other.number === number && other.state.kind === 'incomplete',
    )
    for (const other of unfinished) {
      if (!this.#removed.has(other.id))
        this.#remove({ container: other, cause: 'its creation did not finish' }, [])
    }
    const started = this.#order.dependencies(service).flatMap(other => this.#started.get(other) ?? [])
    const step = this.#steps.add(
      { kind: 'start-container', replica: { service, number }, name },
      {
        cause,
        origin: servicePath(service),
        dependsOn: [
          ...idsAt(this.#stopped, [id]),
          ...idsAt(
            this.#removed,
            unfinished.map(other => other.id),
          ),
          ...idsAt(this.#networks, keys),
          ...started,
        ],
      },
    )
    this.#addStarted(
      service,
      addPostStart(this.#steps, { replica: { service, number }, name, config: spec?.config }, step),
    )
  }

  #remove(removal: Outgoing, dependsOn: readonly number[]): void {
    const { options } = this.#source
    const renew = options.renewAnonymousVolumes === true
    const { remove } = addRemoval(this.#steps, removal, {
      grace: options.timeout,
      dependsOn,
      stopped: this.#stopped,
      anonymousVolumes: renew,
      destructive: renew ? 'its anonymous volumes are removed' : undefined,
    })
    this.#removed.set(removal.container.id, remove)
  }
}

function replicaKey(service: string, number: number): string {
  return `${service} ${number}`
}

/** What the file says about a service counts; what its containers were made from, only if the file says nothing. */
function dependencyNames({ desired, observed }: UpSource): DependencyNames {
  const known = new Map(
    desired.services.map(
      ({ config, dependencies }) => [config.name, dependencies.map(({ service }) => service)] as const,
    ),
  )
  const recorded = observedDependencies(observed.containers)
  return service => known.get(service) ?? recorded(service)
}
