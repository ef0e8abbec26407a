import { existsSync } from 'node:fs'
import { type ImageRequest, imageLabel } from '../../../model/image-request.ts'
import { mountNeeds } from '../../../model/mount.ts'
import type { ProjectName } from '../../../model/names.ts'
import type {
  ObservedContainer,
  ObservedNetwork,
  ObservedProbes,
  ObservedState,
  ObservedVolume,
} from '../../../model/observed-state.ts'
import { isKept } from '../../../runtime/keeper/is-kept.ts'
import type { KnownImages } from '../image/known-images.ts'
import { readInterfaceNames } from '../network/interface-names.ts'
import { containerLayout, projectLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import { awaitsPostStart } from '../state/post-start-mark.ts'
import {
  type ContainerEntry,
  type NetworkEntry,
  type ProjectRecord,
  readProjectRecord,
  type VolumeEntry,
} from '../state/project-record.ts'
import { isWanted } from '../state/wanted-mark.ts'
import { volumeLayout } from '../volume/volume-layout.ts'
import { readContainerState, readHealth, readRestarts } from './container-state.ts'

/** The images that a snapshot describes. */
export interface ObservedImages {
  readonly wanted: readonly ImageRequest[]
  readonly known: KnownImages
}

/**
 * Returns a snapshot of `project`: its record, held against the kernel. Reads files only; takes no lock and asks no
 * process.
 */
export function observeProject(
  roots: Roots,
  project: ProjectName,
  { wanted, known }: ObservedImages,
): ObservedState {
  const record = readProjectRecord(projectLayout(roots, project).record, project)
  return {
    project,
    images: new Map(wanted.map(image => [imageLabel(image), known.lookup(image)])),
    networks: observeNetworks(record),
    volumes: new Map([...record.volumes].map(([key, entry]) => [key, observeVolume(roots, entry)])),
    ...observeContainers(roots, record),
    ...(record.providers && record.providers.size > 0 && { providers: record.providers }),
    ...(record.files.length > 0 && { source: { workingDir: record.workingDir, files: record.files } }),
  }
}

function observeNetworks(record: ProjectRecord): ReadonlyMap<string, ObservedNetwork> {
  const interfaces = readInterfaceNames()
  return new Map([...record.networks].map(([key, entry]) => [key, observeNetwork(entry, interfaces)]))
}

function observeNetwork(entry: NetworkEntry, interfaces: ReadonlySet<string>): ObservedNetwork {
  const { network, configHash, bridge, phase, joined } = entry
  const isElsewhere = network.external || joined === true
  const intact =
    phase === 'created' && (isElsewhere || interfaces.has(bridge ?? network.options?.parent ?? ''))
  return { key: network.key, name: network.name, configHash, network, intact, ...(joined && { joined }) }
}

function observeVolume(
  roots: Roots,
  { key, name, configHash, phase, external }: VolumeEntry,
): ObservedVolume {
  const intact = phase === 'created' && existsSync(volumeLayout(roots, name).data)
  return { key, name, configHash, intact, ...(external && { external }) }
}

function observeContainers(
  roots: Roots,
  record: ProjectRecord,
): Pick<ObservedState, 'containers' | 'oneOffs'> {
  const isKeptBy = rememberedKeepers()
  const all = [...record.containers.values()].map(entry =>
    observeContainer(roots, { project: record.project, entry, isKeptBy }),
  )
  const oneOffs = all.filter(({ slug }) => slug !== undefined)
  const containers = all.filter(({ slug }) => slug === undefined)
  return { containers, ...(oneOffs.length > 0 && { oneOffs }) }
}

/** One keeper has all containers of a project: it is looked at once for a snapshot. */
function rememberedKeepers(): typeof isKept {
  const known = new Map<number, boolean>()
  return parentPid => {
    const is = known.get(parentPid) ?? isKept(parentPid)
    known.set(parentPid, is)
    return is
  }
}

interface Observation {
  readonly project: ProjectName
  readonly entry: ContainerEntry
  readonly isKeptBy: typeof isKept
}

function observeContainer(roots: Roots, { project, entry, isKeptBy }: Observation): ObservedContainer {
  const layout = containerLayout(roots, project, entry.id)
  const live = readLiveRecord(layout.live)
  const state = readContainerState(entry.phase, layout, { live, isKeptBy })
  const { spec } = entry
  const health = readHealth(layout, live)
  const restarts = readRestarts(layout)
  return {
    id: entry.id,
    service: spec.service,
    number: spec.number,
    ...(spec.slug !== undefined && { slug: spec.slug }),
    name: spec.name,
    configHash: spec.configHash,
    image: spec.config.image,
    imageId: entry.imageId,
    ...(entry.mountedImages && { mountedImages: entry.mountedImages }),
    command: entry.command,
    labels: spec.labels,
    state,
    health: state.kind === 'running' ? health?.status : undefined,
    ...(health && health.log.length > 0 && { probes: probesOf(health) }),
    ...(restarts && { restarts }),
    ...(awaitsPostStart(layout, entry) && { awaitsPostStart: true }),
    ...(isWanted(layout) && { isWanted: true }),
    createdAt: entry.createdAt,
    ports: live?.ports ?? [],
    ...(state.kind === 'running' && entry.exposedPorts && { exposedPorts: entry.exposedPorts }),
    networks: (live?.endpoints ?? []).map(({ network, ipv4Address, ipv6, interfaceName }) => ({
      network,
      ipv4Address,
      ...(ipv6 && { ipv6Address: ipv6.address }),
      interfaceName,
    })),
    ...(entry.isReattaching && { isReattaching: true }),
    mounts: mountNames(entry),
    spec,
  }
}

function probesOf({ log, failingStreak }: ObservedProbes): ObservedProbes {
  return { log, failingStreak }
}

function mountNames({ spec, anonymousVolumes }: ContainerEntry): readonly string[] {
  const named = spec.config.mounts.flatMap(mount => {
    const { paths, volumes, images } = mountNeeds(mount)
    return [...paths, ...volumes.map(key => spec.volumeNames.get(key) ?? key), ...images]
  })
  return [...named, ...anonymousVolumes.map(volume => volume.name)]
}
