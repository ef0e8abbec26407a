import { type Digest, parseDigest } from '../../src/base/digest.ts'
import type { ContainerSpec } from '../../src/model/container.ts'
import {
  type ContainerId,
  isSameReplica,
  parseContainerId,
  type ReplicaAddress,
} from '../../src/model/names.ts'
import type {
  ContainerState,
  ObservedContainer,
  ObservedImage,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
} from '../../src/model/observed-state.ts'
import type { Action } from '../../src/planner/action.ts'
import type { Plan } from '../../src/planner/plan.ts'

/** Returns the snapshot that an engine would show after the first `count` steps of `plan`. */
export function applyPlan(
  observed: ObservedState,
  plan: Plan,
  count: number = plan.steps.length,
): ObservedState {
  const world = new World(observed)
  for (const { action } of plan.steps.slice(0, count)) world.apply(action)
  return world.snapshot()
}

/** Returns the id that the image of `reference` has in every simulated world. */
export function imageIdOf(reference: string): Digest {
  return parseDigest(`sha256:${hexOf(reference)}`)
}

/** Returns a container id made of `number`. */
export function containerIdOf(number: number): ContainerId {
  return parseContainerId(number.toString(16).padStart(64, '0'))
}

class World {
  readonly #project: ObservedState['project']
  readonly #images: Map<string, ObservedImage>
  readonly #networks: Map<string, ObservedNetwork>
  readonly #volumes: Map<string, ObservedVolume>
  #containers: readonly ObservedContainer[]
  #clock: number
  /** A container that is recreated unchanged is not checked: what it needs may have been lost long ago. */
  readonly #everMade: ReadonlySet<ContainerSpec>

  constructor({ project, images, networks, volumes, containers: replicas, oneOffs = [] }: ObservedState) {
    const containers = [...replicas, ...oneOffs]
    this.#project = project
    this.#images = new Map(images)
    this.#networks = new Map(networks)
    this.#volumes = new Map(volumes)
    this.#containers = containers
    this.#everMade = new Set(containers.flatMap(({ spec }) => spec ?? []))
    this.#clock = Math.max(
      0,
      ...containers.map(container => Math.max(container.createdAt, Number.parseInt(container.id, 16))),
    )
  }

  snapshot(): ObservedState {
    const oneOffs = this.#containers.filter(({ slug }) => slug !== undefined)
    return {
      project: this.#project,
      images: this.#images,
      networks: this.#networks,
      volumes: this.#volumes,
      containers: this.#containers.filter(({ slug }) => slug === undefined),
      ...(oneOffs.length > 0 && { oneOffs }),
    }
  }

  apply(action: Action): void {
    switch (action.kind) {
      case 'fetch-image':
        this.#fetch(action.image)
        break
      case 'build-image':
        this.#build(action)
        break
      case 'push-image':
        break
      case 'create-network': {
        const { network, configHash } = action
        const { key, name } = network
        this.#networks.set(key, { key, name, configHash, network, intact: true })
        break
      }
      case 'remove-network':
        this.#assertFree(action.key)
        this.#networks.delete(action.key)
        break
      case 'create-volume': {
        const { key, name } = action.volume
        this.#volumes.set(key, { key, name, configHash: action.configHash, intact: true })
        break
      }
      case 'remove-volume':
        this.#volumes.delete(action.key)
        break
      case 'create-container':
        this.#create(action)
        break
      case 'start-container':
        this.#start(this.#newest(action.replica))
        break
      case 'run-pre-start':
        this.#containers = this.#containers.filter(({ slug }) => slug !== action.replica.slug)
        break
      case 'run-post-start':
        this.#change(this.#newest(action.replica).id, { awaitsPostStart: false })
        break
      case 'stop-container':
        this.#stop(this.#get(action.id))
        break
      case 'remove-container':
        this.#get(action.id)
        this.#containers = this.#containers.filter(container => container.id !== action.id)
        break
      case 'disconnect-container': {
        const { networks } = this.#get(action.id)
        const kept = networks.filter(({ network }) => !action.networks.includes(network))
        this.#change(action.id, { networks: kept })
        break
      }
      case 'reattach-container':
        this.#reattach(action)
        break
      case 'prepare-model':
      case 'start-provider':
      case 'stop-provider':
      case 'remove-provider':
        break
      case 'await-service':
        for (const replica of action.replicas) this.#await(replica, action.condition)
    }
  }

  #fetch(reference: string): void {
    const old = this.#images.get(reference)
    const id = old?.kind === 'present' ? old.id : imageIdOf(reference)
    this.#images.set(reference, { kind: 'present', id, unpacked: true })
  }

  /** Each build makes another image. */
  #build({ build: { image }, fetchFirst }: Extract<Action, { kind: 'build-image' }>): void {
    if (fetchFirst !== undefined) {
      this.#fetch(image)
      return
    }
    const old = this.#images.get(image)
    const isThere = old?.kind === 'present' && old.id === imageIdOf(`${image} built`)
    this.#images.set(image, {
      kind: 'present',
      id: imageIdOf(isThere ? `${image} built again` : `${image} built`),
      unpacked: true,
    })
  }

  #create({ container }: Extract<Action, { kind: 'create-container' }>): void {
    const image = this.#images.get(container.config.image)
    if (!this.#everMade.has(container)) this.#assertReady(container)
    this.#clock += 1
    const { service, number, slug, name, configHash, config, labels } = container
    const created: ObservedContainer = {
      service,
      number,
      ...(slug !== undefined && { slug }),
      name,
      configHash,
      spec: container,
      id: containerIdOf(this.#clock),
      image: config.image,
      imageId: image?.kind === 'present' ? image.id : imageIdOf(config.image),
      command: config.command ?? [],
      labels,
      state: { kind: 'created' },
      health: undefined,
      createdAt: this.#clock,
      ports: [],
      networks: [],
      mounts: [],
    }
    this.#containers = [...this.#containers, created]
  }

  #assertReady({ name, config, networkNames, volumeNames }: ContainerSpec): void {
    const isImageReady = this.#images.get(config.image)?.kind === 'present'
    const network = [...networkNames.keys()].find(key => !this.#networks.has(key))
    const volume = [...volumeNames.keys()].find(key => !this.#volumes.has(key))
    const missing = [isImageReady ? undefined : 'image', network, volume].find(item => item !== undefined)
    if (missing !== undefined) throw new Error(`Cannot create ${name}: there is no ${missing}`)
  }

  /** A container whose creation is not recorded keeps its endpoints, which name the networks that it rejoins. */
  #stop({ id, spec, networks }: ObservedContainer): void {
    this.#change(id, { state: exited(143), ports: [], networks: spec === undefined ? networks : [] })
  }

  /** It joins its networks in their current state. */
  #start({ id, spec, networks }: ObservedContainer): void {
    const awaitsPostStart = spec?.config.postStart !== undefined
    const keys = spec === undefined ? networks.map(({ network }) => network) : [...spec.networkNames.keys()]
    this.#change(id, {
      state: { kind: 'running', pid: 1, startedAt: this.#clock },
      health: 'starting',
      awaitsPostStart,
      networks: keys.map(network => ({ network, ipv4Address: '172.18.0.2' })),
    })
  }

  /** What it does not join it has to be on. */
  #reattach({ id, container, connect, disconnect }: Extract<Action, { kind: 'reattach-container' }>): void {
    const missing = connect.find(key => !this.#networks.has(key))
    if (missing !== undefined)
      throw new Error(`Cannot connect ${container.name}: there is no network ${missing}`)
    const { networks } = this.#get(id)
    const stayed = networks.filter(({ network }) => ![...connect, ...disconnect].includes(network))
    const joined = connect.map(network => ({ network, ipv4Address: '172.18.0.2' }))
    const { configHash, labels } = container
    this.#change(id, { spec: container, configHash, labels, networks: [...stayed, ...joined] })
  }

  #await(replica: ReplicaAddress, condition: string): void {
    const { id, state } = this.#newest(replica)
    if (condition === 'service_healthy' && state.kind === 'running') this.#change(id, { health: 'healthy' })
    if (condition === 'service_completed_successfully') this.#change(id, { state: exited(0) })
  }

  #newest(replica: ReplicaAddress): ObservedContainer {
    const { service, number } = replica
    const found = this.#containers
      .filter(container => isSameReplica(container, replica))
      .sort((a, b) => b.createdAt - a.createdAt)[0]
    if (found === undefined) throw new Error(`Cannot find ${service}-${number}`)
    if (found.state.kind === 'incomplete') throw new Error(`Cannot start ${service}-${number}: incomplete`)
    return found
  }

  #get(id: ContainerId): ObservedContainer {
    const found = this.#containers.find(container => container.id === id)
    if (found === undefined) throw new Error(`Cannot find container ${id}`)
    return found
  }

  #change(id: ContainerId, change: Partial<ObservedContainer>): void {
    const old = this.#get(id)
    this.#containers = this.#containers.map(container =>
      container === old ? { ...old, ...change } : container,
    )
  }

  #assertFree(key: string): void {
    const user = this.#containers.find(
      ({ state, networks }) => state.kind === 'running' && networks.some(({ network }) => network === key),
    )
    if (user !== undefined) throw new Error(`Cannot remove network ${key}: ${user.name} is on it`)
  }
}

function exited(exitCode: number): ContainerState {
  return { kind: 'exited', exitCode, finishedAt: 0, outOfMemory: false }
}

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)
}
