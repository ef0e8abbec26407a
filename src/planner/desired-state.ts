import type { ModelPath } from '../base/model-path.ts'
import { namedOr } from '../base/named-services.ts'
import { once } from '../base/once.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ContainerSpec } from '../model/container.ts'
import type { ImageRequest } from '../model/image-request.ts'
import { mountNeeds } from '../model/mount.ts'
import { containerNameOf, type NameSeparator, type ProjectName, type ReplicaAddress } from '../model/names.ts'
import type { Network } from '../model/network.ts'
import type { OneOff } from '../model/one-off.ts'
import type { PlatformName } from '../model/platform.ts'
import type { Project } from '../model/project.ts'
import type { ProviderService } from '../model/provider.ts'
import type { Dependency, Service } from '../model/service.ts'
import type { Volume } from '../model/volume.ts'
import { compareText } from './canonical-json.ts'
import { type HashText, networkHash, type ResourceNames, serviceHash, volumeHash } from './config-hash.ts'
import { dependenciesOf, dependencyOrder, withDependencies } from './graph.ts'
import { type ServiceBuild, serviceBuild } from './service-build.ts'
import { serviceLabels } from './service-labels.ts'

/** What should exist once a plan is carried out. */
export interface DesiredState extends ContainerNaming {
  /** The selected services, each after those it depends on. */
  readonly services: readonly DesiredService[]
  /** Every service of the file, selected, enabled or not; a container of any other is an orphan. */
  readonly declared: ReadonlySet<string>
  /** The selected services of providers, each after those it depends on. @default none */
  readonly providers?: readonly ProviderService[]
  /** Every service of a provider that the file declares. @default none */
  readonly declaredProviders?: ReadonlySet<string>
  /** The networks that the selected services use and the project owns, by key. */
  readonly networks: ReadonlyMap<string, DesiredNetwork>
  /** The named volumes that the selected services use and the project owns, by key. */
  readonly volumes: ReadonlyMap<string, DesiredVolume>
  /** How the images of services are built, selected or not: one may be built from that of another. By service. */
  readonly builds: ReadonlyMap<string, ServiceBuild>
  /** As `Project.rebuild`. */
  readonly rebuild: Project['rebuild']
}

export interface DesiredService extends ResourceNames {
  readonly config: Service
  /** What its root is made of. */
  readonly image: ImageRequest
  /** How that is built, unless it is fetched. */
  readonly build: ServiceBuild | undefined
  /** Those that it mounts, once each, in the order of its mounts. */
  readonly mountedImages: readonly MountedImage[]
  readonly configHash: string
  readonly replicas: number
  /** The dependencies that are selected as well, sorted by name. */
  readonly dependencies: readonly Dependency[]
  /** The labels that all its replicas have. */
  readonly labels: ReadonlyMap<string, string>
  /** It was not named: those depend on it that were. @default false */
  readonly isDependency?: true
  /** Not its replicas are wanted but this one container more. @default its replicas */
  readonly oneOff?: OneOff
}

/** An image that a service mounts, and where the file names it. */
export interface MountedImage {
  readonly image: ImageRequest
  readonly origin: ModelPath
}

export interface DesiredNetwork {
  readonly network: Network
  readonly configHash: string
}

export interface DesiredVolume {
  readonly volume: Volume
  readonly configHash: string
}

/** Which part of a project is wanted. */
export interface Selection {
  /** Names as the user gave them. @default every service that the profiles enable */
  readonly services?: readonly string[]
  /** Leave the dependencies of `services` out. @default false */
  readonly noDeps?: boolean
  /** Active profiles; `*` is all. @default every service of the project counts as enabled */
  readonly profiles?: readonly string[]
  /** Replica counts that replace the file's, by service. */
  readonly scale?: ReadonlyMap<string, number>
  /** Networks and volumes that no selected service uses, too. @default false */
  readonly allResources?: boolean
  /** A service of which a one-off is wanted and no replica. @default none */
  readonly oneOff?: { readonly service: string; readonly oneOff: OneOff }
}

/** @throws {TcomposeError} `undefined-reference` if the selection names a service that is not declared. */
export function toDesiredState(project: Project, selection: Selection, hash: HashText): DesiredState {
  assertDeclared(project, [...(selection.services ?? []), ...(selection.scale?.keys() ?? [])])
  const enabled = enabledServices(project, selection.profiles ?? ['*'])
  const dependencies = (name: string): readonly string[] => dependencyNames(project, name, enabled)
  const named = namedOr(selection.services, enabled)
  const selected = new Set(selection.noDeps ? named : withDependencies(named, dependencies))
  const wanted = new Set(named)
  const ordered = dependencyOrder(selected, dependencies)
  const services = ordered
    .map(name => project.services.get(name))
    .filter(service => service !== undefined)
    .map(service =>
      desiredService({
        project,
        service,
        selection,
        selected,
        hash,
        isDependency: !wanted.has(service.name),
      }),
    )
  const used = selection.allResources ? [...project.networks.keys()] : services.flatMap(networkKeysIn)
  const networkKeys = new Set(used)
  const mounted = selection.allResources ? [...project.volumes.keys()] : services.flatMap(volumeKeysIn)
  const volumeKeys = new Set(mounted)
  return {
    project: project.name,
    services,
    ...(project.providers && {
      providers: ordered.flatMap(name => project.providers?.get(name) ?? []),
      declaredProviders: new Set(project.providers.keys()),
    }),
    declared: new Set([...project.services.keys(), ...(project.disabledServices ?? [])]),
    networks: new Map(
      owned(project.networks, networkKeys).map(([key, network]) => [
        key,
        { network, configHash: networkHash(network, hash) },
      ]),
    ),
    volumes: new Map(
      owned(project.volumes, volumeKeys).map(([key, volume]) => [
        key,
        { volume, configHash: volumeHash(volume, hash) },
      ]),
    ),
    builds: new Map(
      [...project.services, ...(project.bases ?? [])].flatMap(([name, service]) => {
        const build = serviceBuild(project, service)
        return build === undefined ? [] : [[name, build] as const]
      }),
    ),
    nameSeparator: project.nameSeparator,
    rebuild: project.rebuild,
  }
}

function networkKeysIn({ networkNames }: DesiredService): readonly string[] {
  return [...networkNames.keys()]
}

function volumeKeysIn({ volumeNames }: DesiredService): readonly string[] {
  return [...volumeNames.keys()]
}

function assertDeclared(project: Project, names: readonly string[]): void {
  const known = new Set([...project.services.keys(), ...(project.providers?.keys() ?? [])])
  const unknown = names.find(name => !known.has(name))
  if (unknown === undefined) return
  const declared = [...known].sort(compareText).join(', ')
  throw new TcomposeError(
    'undefined-reference',
    `Cannot select service "${unknown}": the file does not declare it, expected one of ${declared || 'none'}`,
  )
}

function enabledServices(project: Project, profiles: readonly string[]): ReadonlySet<string> {
  const isEnabled = (service: Pick<Service, 'profiles'>): boolean =>
    service.profiles.length === 0 ||
    profiles.includes('*') ||
    service.profiles.some(profile => profiles.includes(profile))
  const declared = [...project.services.values(), ...(project.providers?.values() ?? [])]
  return new Set(declared.filter(isEnabled).map(service => service.name))
}

/** An optional dependency is left out unless it is enabled. */
function dependencyNames(
  { services, providers }: Project,
  name: string,
  enabled: ReadonlySet<string>,
): readonly string[] {
  const service = services.get(name)
  const { providedBy = [] } = service ?? providers?.get(name) ?? {}
  const dependencies =
    service === undefined ? (providers?.get(name)?.dependsOn ?? []) : dependenciesOf(service)
  const names = dependencies
    .filter(dependency => services.has(dependency.service))
    .filter(dependency => dependency.required || enabled.has(dependency.service))
    .map(dependency => dependency.service)
  return [...names, ...providedBy]
}

interface DesiredServiceSource {
  readonly project: Project
  readonly service: Service
  readonly selection: Selection
  readonly selected: ReadonlySet<string>
  readonly hash: HashText
  readonly isDependency: boolean
}

function desiredService({
  project,
  service,
  selection,
  selected,
  hash,
  isDependency,
}: DesiredServiceSource): DesiredService {
  const names: ResourceNames = {
    networkNames: realNames(networkKeysOf(service), project.networks),
    volumeNames: realNames(volumeKeysOf(service), project.volumes),
  }
  // Those of a project whose secrets and configs are yet to be read are not asked for.
  const configHash = once(() => serviceHash(service, names, hash))
  const labels = once(() => serviceLabels({ project, service, configHash: configHash() }))
  const platform = service.platform ?? project.defaultPlatform
  return {
    config: service,
    image: { reference: service.image, platform },
    build: serviceBuild(project, service),
    mountedImages: mountedImages(service, platform),
    get configHash() {
      return configHash()
    },
    replicas: selection.scale?.get(service.name) ?? service.replicas,
    dependencies: dependenciesOf(service).filter(dependency => selected.has(dependency.service)),
    ...names,
    get labels() {
      return labels()
    },
    ...(isDependency && { isDependency }),
    ...(selection.oneOff?.service === service.name && { oneOff: selection.oneOff.oneOff }),
  }
}

function mountedImages({ mounts }: Service, platform: PlatformName | undefined): readonly MountedImage[] {
  const found = new Map<string, MountedImage>()
  for (const mount of mounts) {
    for (const reference of mountNeeds(mount).images) {
      if (found.has(reference)) continue
      found.set(reference, { image: { reference, platform }, origin: mount.origin })
    }
  }
  return [...found.values()]
}

/** What the names of containers without `container_name` are made of. */
export interface ContainerNaming {
  readonly project: ProjectName
  /** As `Project.nameSeparator`. */
  readonly nameSeparator?: NameSeparator | undefined
}

/** Returns the container that replica `number` of `service`, counted from 1, should be, or its one-off. */
export function containerSpec(
  { project, nameSeparator }: ContainerNaming,
  service: DesiredService,
  number: number,
): ContainerSpec {
  const { config, configHash, image, networkNames, volumeNames, labels, oneOff } = service
  const shared = { configHash, config, platform: image.platform, networkNames, volumeNames }
  const replica = replicaAddress(service, number)
  if (oneOff !== undefined) {
    return {
      ...replica,
      ...shared,
      name: oneOff.name ?? containerNameOf(project, replica, nameSeparator),
      labels: new Map([...labels, ...oneOffLabels(oneOff)]),
      ...(!oneOff.hasAliases && { isUnaliased: true }),
      ...(oneOff.isRemovedAtEnd && { isRemovedAtEnd: true }),
    }
  }
  return {
    ...replica,
    ...shared,
    name: config.containerName ?? containerNameOf(project, replica, nameSeparator),
    labels: new Map([...labels, [NUMBER_LABEL, String(number)]]),
  }
}

/** Returns the address of replica `number` of `service`, or that of its one-off. */
export function replicaAddress({ config, oneOff }: DesiredService, number: number): ReplicaAddress {
  const service = config.name
  return oneOff === undefined ? { service, number } : { service, number: 0, slug: oneOff.slug }
}

const NUMBER_LABEL = 'com.docker.compose.container-number'

/** Clients of Docker Compose tell one-offs by their label; the number is that of no replica in particular. */
export function oneOffLabels({ slug }: Pick<OneOff, 'slug'>): readonly (readonly [string, string])[] {
  return [
    ['com.docker.compose.oneoff', 'True'],
    ['com.docker.compose.slug', slug],
    [NUMBER_LABEL, '1'],
  ]
}

/** Returns the keys of the networks that `service` is attached to, sorted. */
export function networkKeysOf({ networkMode }: Service): readonly string[] {
  return networkMode.kind === 'networks'
    ? networkMode.attachments.map(attachment => attachment.network).sort(compareText)
    : []
}

function volumeKeysOf({ mounts }: Service): readonly string[] {
  return [...new Set(mounts.flatMap(mount => mountNeeds(mount).volumes))].sort(compareText)
}

function realNames(
  keys: readonly string[],
  resources: ReadonlyMap<string, { readonly name: string }>,
): ReadonlyMap<string, string> {
  return new Map(keys.map(key => [key, resources.get(key)?.name ?? key]))
}

function owned<T extends { readonly external: boolean }>(
  resources: ReadonlyMap<string, T>,
  keys: ReadonlySet<string>,
): readonly (readonly [string, T])[] {
  return [...resources]
    .filter(([key, resource]) => keys.has(key) && !resource.external)
    .sort(([a], [b]) => compareText(a, b))
}
