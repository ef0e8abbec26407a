import type { ContainerId } from '../../model/names.ts'
import type { ObservedState } from '../../model/observed-state.ts'
import { containerSpec, type DesiredService, type DesiredState } from '../desired-state.ts'
import { observedDependencies } from '../observed-dependencies.ts'
import type { Step } from '../plan.ts'
import { addRemoval, addRemovals, isRunning, type Removal, StopOrder, serviceOrigin } from '../removal.ts'
import { StepList } from '../step-list.ts'
import type { Decisions } from './decide.ts'
import type { ReplicaDecision, ServiceDecision } from './decide-service.ts'
import { Gates } from './gates.ts'
import { HostPorts } from './host-ports.ts'
import { addImageSteps, addNetworkSteps, addVolumeSteps, idsAt } from './resource-steps.ts'
import type { UpOptions } from './up-options.ts'

export interface UpSource {
  readonly desired: DesiredState
  readonly observed: ObservedState
  readonly options: UpOptions
  readonly decisions: Decisions
}

/** Lays decisions out in steps; the maps hold the ids of the steps so far. */
export class UpSteps {
  readonly warnings: string[] = []
  readonly #source: UpSource
  readonly #steps = new StepList()
  readonly #removed = new Map<ContainerId, number>()
  readonly #stopped = new Map<ContainerId, number>()
  readonly #created = new Map<string, number>()
  readonly #started = new Map<string, number[]>()
  readonly #gates: Gates
  readonly #ports: HostPorts
  #restartStops: StopOrder | undefined
  #images: ReadonlyMap<string, number> = new Map()
  #networks: ReadonlyMap<string, number> = new Map()
  #volumes: ReadonlyMap<string, number> = new Map()

  constructor(source: UpSource) {
    this.#source = source
    this.#gates = new Gates(this.#steps, source.decisions, this.#started)
    this.#ports = new HostPorts(source.decisions.services, source.observed.containers)
  }

  layOut(): readonly Step[] {
    const { desired, observed, decisions } = this.#source
    this.#images = addImageSteps(this.#steps, decisions.services, observed)
    this.#clearTheWay()
    this.#networks = addNetworkSteps(this.#steps, decisions, this.#removed)
    this.#volumes = addVolumeSteps(this.#steps, desired, observed)
    for (const decision of decisions.services) this.#createReplicas(decision)
    this.#removeSurplus()
    this.#stopForRestart()
    this.#removeContested()
    for (const decision of decisions.services) this.#replaceAndStart(decision)
    for (const bystander of decisions.bystanders) this.#remakeBystander(bystander)
    return this.#steps.steps
  }

  #clearTheWay(): void {
    const { inTheWay } = this.#source.decisions
    const removals = this.#source.observed.containers.flatMap(container => {
      const cause = inTheWay.get(container.id)
      return cause === undefined ? [] : [{ container, cause }]
    })
    this.#removeTogether(removals)
  }

  /** What an earlier run began is taken away first, so that it does not hold the replica's name and addresses. */
  #createReplicas({ service, replicas }: ServiceDecision): void {
    for (const replica of replicas) {
      const unfinished = this.#outgoing(replica).filter(
        ({ container }) => container.state.kind === 'incomplete',
      )
      for (const removal of unfinished) this.#remove(removal, [])
      const { verdict } = replica
      if (verdict.kind === 'create') this.#create(service, replica, verdict)
      if (verdict.kind === 'recreate') {
        this.#create(service, replica, {
          cause: verdict.cause,
          replaces: this.#source.options.renewAnonymousVolumes ? undefined : verdict.container.id,
        })
      }
    }
  }

  #create(
    service: DesiredService,
    { number, leftovers, verdict }: ReplicaDecision,
    { cause, replaces }: { readonly cause: string; readonly replaces: ContainerId | undefined },
  ): void {
    const { config, networkNames, volumeNames } = service
    const gone = [
      ...leftovers.map(({ container }) => container.id),
      ...(verdict.kind === 'recreate' ? [verdict.container.id] : []),
    ]
    const container = containerSpec(this.#source.desired.project, service, number)
    const id = this.#steps.add(
      { kind: 'create-container', container, replaces },
      {
        cause,
        origin: serviceOrigin(config.name),
        dependsOn: [
          ...idsAt(this.#images, [config.image]),
          ...idsAt(this.#networks, networkNames.keys()),
          ...idsAt(this.#volumes, volumeNames.keys()),
          ...idsAt(this.#removed, gone),
          ...idsAt(this.#created, config.networkMode.kind === 'service' ? [config.networkMode.service] : []),
        ],
      },
    )
    this.#created.set(replicaKey(config.name, number), id)
    if (!this.#created.has(config.name)) this.#created.set(config.name, id)
  }

  #removeSurplus(): void {
    const { decisions, options } = this.#source
    const orphans = options.removeOrphans ? decisions.orphans : []
    this.#removeTogether([
      ...decisions.services.flatMap(({ surplus }) => surplus),
      ...orphans.map(container => ({ container, cause: 'not in the file' })),
    ])
  }

  /** Dependents go down before what they depend on is replaced, last ones first. */
  #stopForRestart(): void {
    const { decisions, options } = this.#source
    if (options.noStart) return
    const known = new Map(
      decisions.services.map(({ service }) => [service.config.name, service.dependencies] as const),
    )
    const stops = new StopOrder(name => (known.get(name) ?? []).map(dependency => dependency.service))
    for (const { service, replicas } of decisions.services.toReversed()) {
      const { name } = service.config
      const before = stops.before(name)
      for (const { container, cause } of toRestart(replicas, decisions)) {
        const id = this.#steps.add(
          { kind: 'stop-container', id: container.id, name: container.name, grace: options.timeout },
          { cause, origin: serviceOrigin(name), dependsOn: before },
        )
        this.#stopped.set(container.id, id)
        stops.add(name, id)
      }
    }
    this.#restartStops = stops
  }

  /** A container whose host port another one takes over goes without waiting for its successor's turn. */
  #removeContested(): void {
    for (const { replicas } of this.#source.decisions.services) {
      for (const replica of replicas) {
        for (const removal of this.#outgoing(replica)) {
          if (this.#ports.isContested(removal.container)) this.#removeOutgoing(replica, removal, [])
        }
      }
    }
  }

  #replaceAndStart({ service, replicas }: ServiceDecision): void {
    const active = replicas.filter(replica => this.#isActive(replica))
    if (active.length === 0) return
    const isStarting = !this.#source.options.noStart && active.some(replica => this.#startCause(replica))
    const gates = isStarting ? this.#gates.idsFor(service.dependencies) : []
    for (const replica of active) {
      for (const removal of this.#outgoing(replica)) this.#removeOutgoing(replica, removal, gates)
      this.#start(service, replica, gates)
    }
  }

  #isActive(replica: ReplicaDecision): boolean {
    return replica.leftovers.length > 0 || this.#startCause(replica) !== undefined
  }

  /** Returns the containers of the replica that are still to go. */
  #outgoing({ verdict, leftovers }: ReplicaDecision): readonly Removal[] {
    const replaced = verdict.kind === 'recreate' ? [{ container: verdict.container, cause: 'replaced' }] : []
    return [...leftovers, ...replaced].filter(({ container }) => !this.#removed.has(container.id))
  }

  #removeOutgoing(replica: ReplicaDecision, removal: Removal, gates: readonly number[]): void {
    this.#remove(removal, [
      ...gates,
      ...idsAt(this.#created, [replicaKey(replica.service, replica.number)]),
      ...(this.#restartStops?.before(replica.service) ?? []),
    ])
  }

  #start(service: DesiredService, replica: ReplicaDecision, gates: readonly number[]): void {
    const cause = this.#startCause(replica)
    if (cause === undefined || this.#source.options.noStart) return
    const { config, networkNames, volumeNames } = service
    const { number, verdict, leftovers } = replica
    const own = 'container' in verdict ? [verdict.container.id] : []
    const isNew = verdict.kind === 'create' || verdict.kind === 'recreate'
    const made = isNew
      ? idsAt(this.#created, [replicaKey(config.name, number)])
      : [
          ...idsAt(this.#images, [config.image]),
          ...idsAt(this.#networks, networkNames.keys()),
          ...idsAt(this.#volumes, volumeNames.keys()),
        ]
    const id = this.#steps.add(
      {
        kind: 'start-container',
        replica: { service: config.name, number },
        name: containerSpec(this.#source.desired.project, service, number).name,
      },
      {
        cause,
        origin: serviceOrigin(config.name),
        dependsOn: [
          ...made,
          ...gates,
          ...idsAt(this.#stopped, own),
          ...idsAt(this.#removed, [...own, ...leftovers.map(({ container }) => container.id)]),
          ...this.#portsFreed(service),
        ],
      },
    )
    this.#started.set(config.name, [...(this.#started.get(config.name) ?? []), id])
  }

  #startCause({ verdict }: ReplicaDecision): string | undefined {
    switch (verdict.kind) {
      case 'create':
        return 'new'
      case 'recreate':
        return 'made anew'
      case 'start':
        return verdict.cause
      case 'keep':
        return this.#source.decisions.restarts.get(verdict.container.id)
    }
  }

  /** Returns the removals so far of containers of other services that hold a port which `service` wants. */
  #portsFreed(service: DesiredService): readonly number[] {
    return this.#ports.holdersInTheWayOf(service).flatMap(container => this.#removed.get(container.id) ?? [])
  }

  #remakeBystander({ container, cause }: Removal): void {
    const { spec, service, number, name } = container
    const removal = idsAt(this.#removed, [container.id])
    if (spec === undefined) {
      this.warnings.push(
        `Container ${name} is removed and not made again: ${cause}, and how it was made is not recorded`,
      )
      return
    }
    const origin = serviceOrigin(service)
    const created = this.#steps.add(
      { kind: 'create-container', container: spec, replaces: container.id },
      { cause, origin, dependsOn: [...removal, ...idsAt(this.#networks, spec.networkNames.keys())] },
    )
    if (!isRunning(container) || this.#source.options.noStart) return
    const dependencies = spec.config.dependsOn.flatMap(
      dependency => this.#started.get(dependency.service) ?? [],
    )
    const id = this.#steps.add(
      { kind: 'start-container', replica: { service, number }, name },
      { cause, origin, dependsOn: [created, ...dependencies] },
    )
    this.#started.set(service, [...(this.#started.get(service) ?? []), id])
  }

  #remove(removal: Removal, dependsOn: readonly number[]): void {
    const { options } = this.#source
    const renew = options.renewAnonymousVolumes === true
    const id = addRemoval(this.#steps, removal, {
      grace: options.timeout,
      dependsOn,
      anonymousVolumes: renew,
      destructive: renew ? 'its anonymous volumes are removed' : undefined,
    })
    this.#removed.set(removal.container.id, id)
  }

  #removeTogether(removals: readonly Removal[]): void {
    const dependencies = this.#knownDependencies(removals)
    const rest = removals.filter(({ container }) => !this.#removed.has(container.id))
    const ids = addRemovals(this.#steps, rest, { grace: this.#source.options.timeout, dependencies })
    for (const [container, id] of ids) this.#removed.set(container, id)
  }

  #knownDependencies(removals: readonly Removal[]): (service: string) => readonly string[] {
    const desired = this.#source.desired.services.map(
      ({ config, dependencies }) => [config.name, dependencies.map(({ service }) => service)] as const,
    )
    const known = new Map(desired)
    const observed = observedDependencies(removals.map(({ container }) => container))
    return service => known.get(service) ?? observed(service)
  }
}

function replicaKey(service: string, number: number): string {
  return `${service} ${number}`
}

function toRestart(replicas: readonly ReplicaDecision[], { restarts }: Decisions): readonly Removal[] {
  return replicas.flatMap(({ verdict }) => {
    const cause = verdict.kind === 'keep' ? restarts.get(verdict.container.id) : undefined
    return verdict.kind === 'keep' && cause !== undefined ? [{ container: verdict.container, cause }] : []
  })
}
