import fc from 'fast-check'
import type { ContainerState, ObservedContainer, ObservedState } from '../../src/model/observed-state.ts'
import type { Project } from '../../src/model/project.ts'
import type { Dependency, Service } from '../../src/model/service.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan, imageIdOf } from './apply-plan.ts'
import { aBuildConfig } from './build-config.ts'
import {
  aDependency,
  aNetwork,
  anObservedState,
  aPort,
  aProject,
  aService,
  aVolume,
  aVolumeMount,
  onNetworks,
  sha256Hex,
} from './model-builders.ts'

const NAMES = ['cache', 'db', 'api', 'web', 'migrate', 'proxy']
const NETWORKS = ['default', 'back']
const VOLUMES = ['data', 'files']
const IMAGES = ['rootfs:/', 'oci:app', 'oci:db']
/** Not there before it is built. */
const BUILT = 'shop-built'

/** Projects whose services depend on each other without a cycle. */
export const arbitraryProject: fc.Arbitrary<Project> = fc
  .record({
    names: fc.shuffledSubarray(NAMES, { minLength: 1 }),
    seeds: fc.array(arbitraryServiceSeed(), { minLength: NAMES.length, maxLength: NAMES.length }),
    internal: fc.boolean(),
    volumeName: fc.constantFrom('shop_data', 'elsewhere'),
    volumeLabel: fc.constantFrom('1', '2'),
  })
  .map(({ names, seeds, internal, volumeName, volumeLabel }) =>
    aProject(
      names.map((name, index) => serviceOf(name, names.slice(0, index), seeds[index])),
      {
        networks: [aNetwork('default'), aNetwork('back', { internal })],
        volumes: [
          aVolume('data', { name: volumeName }),
          aVolume('files', { labels: new Map([['version', volumeLabel]]) }),
        ],
      },
    ),
  )

interface ServiceSeed {
  readonly replicas: number
  readonly image: string
  readonly command: string | undefined
  readonly networks: readonly string[]
  readonly shares: boolean
  readonly volumes: readonly string[]
  readonly port: number | undefined
  readonly dependencies: readonly (Omit<Dependency, 'service'> & { readonly index: number })[]
}

function arbitraryServiceSeed(): fc.Arbitrary<ServiceSeed> {
  return fc.record({
    replicas: fc.constantFrom(1, 1, 1, 0, 2, 3),
    image: fc.constantFrom(...IMAGES, BUILT),
    command: fc.constantFrom(undefined, 'run', 'serve'),
    networks: fc.subarray(NETWORKS),
    shares: fc.constantFrom(false, false, true),
    volumes: fc.subarray(VOLUMES),
    port: fc.constantFrom(undefined, 80, 81),
    dependencies: fc.array(
      fc.record({
        index: fc.nat(NAMES.length),
        condition: fc.constantFrom(
          'service_started' as const,
          'service_healthy' as const,
          'service_completed_successfully' as const,
        ),
        restart: fc.boolean(),
        required: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
  })
}

function serviceOf(name: string, earlier: readonly string[], seed: ServiceSeed | undefined): Service {
  if (seed === undefined) return aService(name)
  const dependencies = seed.dependencies.flatMap(({ index, ...rest }) => {
    const service = earlier[index]
    return service === undefined ? [] : [[service, aDependency(service, rest)] as const]
  })
  const shared = seed.shares ? earlier[0] : undefined
  return aService(name, {
    replicas: seed.replicas,
    image: seed.image,
    ...(seed.image === BUILT && seed.replicas !== 2 && { build: aBuildConfig() }),
    command: seed.command === undefined ? undefined : [seed.command],
    networkMode: shared === undefined ? onNetworks(...seed.networks) : { kind: 'service', service: shared },
    mounts: seed.volumes.map(aVolumeMount),
    ports: seed.port === undefined ? [] : [aPort(seed.port)],
    dependsOn: [...new Map(dependencies).values()],
  })
}

/** Snapshots as left by an older file, interrupted runs, crashes and reboots. */
export const arbitraryObserved: fc.Arbitrary<ObservedState> = fc
  .record({
    older: fc.array(fc.record({ project: arbitraryProject, cut: fc.nat(40) }), { maxLength: 3 }),
    changes: fc.array(arbitraryContainerChange(), { minLength: 24, maxLength: 24 }),
    intact: fc.boolean(),
    lost: fc.subarray(NETWORKS, { maxLength: 1 }),
    images: fc.array(fc.constantFrom('absent', 'packed', 'unpacked', 'newer'), {
      minLength: 3,
      maxLength: 3,
    }),
  })
  .map(({ older, changes, intact, lost, images }) => {
    const state = older.reduce((observed, { project, cut }) => {
      const plan = planUp(toDesiredState(project, {}, sha256Hex), observed)
      return applyPlan(observed, plan, Math.min(cut, plan.steps.length))
    }, anObservedState())
    return {
      ...state,
      networks: new Map(
        [...state.networks]
          .filter(([key]) => !lost.includes(key))
          .map(([key, network]) => [key, { ...network, intact }]),
      ),
      volumes: new Map([...state.volumes].map(([key, volume]) => [key, { ...volume, intact }])),
      images: new Map(IMAGES.map((image, index) => [image, imageOf(image, images[index])])),
      containers: state.containers.map((container, index) => changed(container, changes[index])),
    }
  })

function imageOf(image: string, kind: string | undefined) {
  if (kind === 'absent') return { kind: 'absent' } as const
  const id = imageIdOf(kind === 'newer' ? `${image} newer` : image)
  return { kind: 'present', id, unpacked: kind !== 'packed' } as const
}

interface ContainerChange {
  readonly state: 'as it is' | ContainerState
  readonly isHealthy: boolean
  readonly hasSpec: boolean
  readonly ports: ObservedContainer['ports']
}

function arbitraryContainerChange(): fc.Arbitrary<ContainerChange> {
  return fc.record({
    state: fc.constantFrom<ContainerChange['state']>(
      'as it is',
      'as it is',
      { kind: 'incomplete' },
      { kind: 'created' },
      { kind: 'running', pid: 7, startedAt: 1 },
      { kind: 'restarting', exitCode: 1, finishedAt: 1 },
      { kind: 'exited', exitCode: 0, finishedAt: 1, outOfMemory: false },
      { kind: 'exited', exitCode: undefined, finishedAt: undefined, outOfMemory: false },
      { kind: 'exited', exitCode: 137, finishedAt: 1, outOfMemory: true },
    ),
    isHealthy: fc.boolean(),
    hasSpec: fc.constantFrom(true, true, false),
    ports: fc.constantFrom<ContainerChange['ports']>(
      [],
      [{ hostIp: '0.0.0.0', hostPort: 80, target: 80, protocol: 'tcp' }],
      [{ hostIp: '0.0.0.0', hostPort: 81, target: 80, protocol: 'tcp' }],
    ),
  })
}

function changed(container: ObservedContainer, change: ContainerChange | undefined): ObservedContainer {
  if (change === undefined) return container
  const { spec, ...rest } = container
  return {
    ...rest,
    ...(spec !== undefined && change.hasSpec ? { spec } : { networks: endpointsOf(container) }),
    state: change.state === 'as it is' ? container.state : change.state,
    health: change.isHealthy ? 'healthy' : 'starting',
    ports: change.ports,
  }
}

/** Returns the endpoints that the container has while it runs. */
function endpointsOf({ spec, networks }: ObservedContainer): ObservedContainer['networks'] {
  if (spec === undefined) return networks
  return [...spec.networkNames.keys()].map(network => ({ network, ipv4Address: '172.18.0.2' }))
}
