import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { ProjectName } from '../../model/names.ts'
import type { Network } from '../../model/network.ts'
import type { Project } from '../../model/project.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { IDMAP, MATCH_USER } from '../rules/owner-mapping.ts'
import { entriesAt, textAt } from '../rules/rule-context.ts'
import type { SeccompProfiles } from '../seccomp/read-seccomp-profiles.ts'
import { withBases } from '../selection/base-services.ts'
import { collectOrigins } from './collect-origins.ts'
import { defaultPlatform } from './default-platform.ts'
import { isProvided } from './read-dependencies.ts'
import { readModel } from './read-models.ts'
import { readNetwork } from './read-network.ts'
import { DEFAULT_BRIDGE, isDefaultBridge } from './read-network-mode.ts'
import { readOrphans } from './read-orphans.ts'
import { readProviderService } from './read-provider.ts'
import { readRebuild } from './read-rebuild.ts'
import { readService } from './read-service.ts'
import { readVolume } from './read-volume.ts'

/** A normalised document that all checks found good, and what is known beside it. */
export interface ProjectSource {
  readonly document: MapNode
  /** The services that are on. */
  readonly services: ReadonlyMap<string, MapNode>
  readonly inactive: ReadonlyMap<string, readonly string[]>
  /** Of those that are off: what others are built from. */
  readonly bases: ReadonlyMap<string, MapNode>
  readonly name: ProjectName
  readonly workingDir: AbsolutePath
  readonly files: readonly string[]
  readonly variables: ReadonlyMap<string, string>
  readonly profiles: SeccompProfiles
  /** As in `ComposeDocument`. */
  readonly contents: ReadonlyMap<SourceSpan, string>
  /** Name things as docker-compose of version 1 does. */
  readonly isCompatible: boolean
}

/** A project whose places can be listed. */
export interface LocatedProject extends Project {
  readonly origins: ReadonlyMap<string, SourceSpan>
}

/** Turns a checked document into the model. */
export function readProject(source: ProjectSource): LocatedProject {
  const declared = {
    secrets: entriesAt(source.document, 'secrets'),
    configs: entriesAt(source.document, 'configs'),
    contents: source.contents,
  }
  const nameSeparator = source.isCompatible ? ('_' as const) : undefined
  const context = {
    project: source.name,
    nameSeparator,
    active: source.services,
    networks: entriesAt(source.document, 'networks'),
    profiles: source.profiles,
    builds: { workingDir: source.workingDir, declared },
    declared,
    matchesUser: textAt(source.document, IDMAP) === MATCH_USER,
  }
  const [provided, contained] = partition(source.services, isProvided)
  const providers = new Map(
    [...provided].map(([name, map]) => [name, readProviderService(map, name, source.services)]),
  )
  const models = readSection(source.document, 'models', readModel)
  const read = (maps: ReadonlyMap<string, MapNode>): ReadonlyMap<string, Service> =>
    new Map([...maps].map(([name, map]) => [name, readService(map, { ...context, name })]))
  return {
    name: source.name,
    workingDir: source.workingDir,
    files: source.files,
    services: read(contained),
    ...(providers.size > 0 && { providers }),
    bases: read(source.bases),
    ...(models.size > 0 && { models }),
    networks: withDefaultBridge(readSection(source.document, 'networks', readNetwork), source),
    volumes: readSection(source.document, 'volumes', readVolume),
    origins: collectOrigins(withBases(source.document, source.bases)),
    disabledServices: [...source.inactive.keys()],
    defaultPlatform: defaultPlatform(source.variables),
    orphans: readOrphans(source.variables),
    nameSeparator,
    rebuild: readRebuild(source.document),
  }
}

/** Adds the network that services with `network_mode: bridge` are on. */
function withDefaultBridge(
  networks: ReadonlyMap<string, Network>,
  { name, services, document }: ProjectSource,
): ReadonlyMap<string, Network> {
  const isUsed = [...services.values()].some(service => isDefaultBridge(textAt(service, 'network_mode')))
  if (!isUsed || networks.has(DEFAULT_BRIDGE)) return networks
  const network = readNetwork(DEFAULT_BRIDGE, { ...document, entries: new Map() })
  return new Map([...networks, [DEFAULT_BRIDGE, { ...network, name: `${name}_${DEFAULT_BRIDGE}` }]])
}

function partition(
  maps: ReadonlyMap<string, MapNode>,
  isFirst: (map: MapNode) => boolean,
): readonly [ReadonlyMap<string, MapNode>, ReadonlyMap<string, MapNode>] {
  const entries = [...maps]
  return [
    new Map(entries.filter(([, map]) => isFirst(map))),
    new Map(entries.filter(([, map]) => !isFirst(map))),
  ]
}

function readSection<T>(
  document: MapNode,
  section: string,
  read: (key: string, map: MapNode) => T,
): ReadonlyMap<string, T> {
  return new Map(
    [...entriesAt(document, section)].flatMap(([key, { value }]) =>
      value.kind === 'map' ? [[key, read(key, value)] as const] : [],
    ),
  )
}
