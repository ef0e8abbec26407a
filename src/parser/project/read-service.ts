import { builtImageName, type NameSeparator, type ProjectName } from '../../model/names.ts'
import type { Service } from '../../model/service.ts'
import { type Entry, type MapNode, nodeAt } from '../document/node.ts'
import { entriesAt, numberAt, textAt } from '../rules/rule-context.ts'
import type { SeccompProfiles } from '../seccomp/read-seccomp-profiles.ts'
import { type BuildSurroundings, readBuild } from './read-build.ts'
import { readCgroupParent } from './read-cgroup-parent.ts'
import { providersOf, readDependencies } from './read-dependencies.ts'
import { readDevices } from './read-devices.ts'
import { readExposedPorts } from './read-exposed-ports.ts'
import { readExtraHosts } from './read-extra-hosts.ts'
import { readHealthcheck } from './read-healthcheck.ts'
import { readHooks } from './read-hooks.ts'
import { readLimits } from './read-limits.ts'
import { readLinks } from './read-links.ts'
import { readLogging } from './read-logging.ts'
import { readModelUses } from './read-models.ts'
import { readMounts } from './read-mounts.ts'
import { readNamespaces } from './read-namespaces.ts'
import { readNetworkMode } from './read-network-mode.ts'
import { readPlatform } from './read-platform.ts'
import { readPorts } from './read-ports.ts'
import { readPullPolicy } from './read-pull-policy.ts'
import { readRestartPolicy } from './read-restart-policy.ts'
import { readRuntime } from './read-runtime.ts'
import { readSecurity } from './read-security.ts'
import { type DeclaredFiles, readServiceFiles } from './read-service-files.ts'
import { readStorageSize } from './read-storage-size.ts'
import { readUlimits } from './read-ulimits.ts'
import { readUnhealthyReaction } from './read-unhealthy-reaction.ts'
import { bytesAt, flagAt, listAtKey, millisAt, textsByKey } from './read-values.ts'
import { readVolumesFrom } from './read-volumes-from.ts'
import { readWatchRules } from './read-watch-rules.ts'

/** Where a service is declared. */
export interface ServiceContext {
  readonly name: string
  readonly project: ProjectName
  readonly nameSeparator: NameSeparator | undefined
  readonly builds: BuildSurroundings
  readonly declared: DeclaredFiles
  /** Whether every bind mount matches users. */
  readonly matchesUser: boolean
  /** The services that are on. */
  readonly active: ReadonlyMap<string, MapNode>
  /** Those that the file declares, by key. */
  readonly networks: ReadonlyMap<string, Entry>
  readonly profiles: SeccompProfiles
}

/** Reads a service from its normal form. One that is built and names no image gets `<project>-<service>`. */
export function readService(map: MapNode, context: ServiceContext): Service {
  const { name, project, nameSeparator, active, networks, builds, declared, matchesUser } = context
  const expose = readExposedPorts(map)
  const image = textAt(map, 'image') ?? builtImageName(project, name, nameSeparator)
  const build = readBuild(map, name, builds)
  const files = readServiceFiles(map, name, declared)
  return {
    name,
    image,
    ...(build && { build }),
    platform: readPlatform(textAt(map, 'platform') ?? ''),
    pullPolicy: readPullPolicy(map),
    replicas: replicasOf(map),
    containerName: textAt(map, 'container_name'),
    profiles: listAtKey(map, 'profiles') ?? [],
    dependsOn: readDependencies(map, active),
    ...providersOf(map, active),
    labels: textsByKey(map, 'labels'),
    annotations: textsByKey(map, 'annotations'),
    entrypoint: listAtKey(map, 'entrypoint'),
    command: listAtKey(map, 'command'),
    environment: readEnvironment(map),
    workingDir: textAt(map, 'working_dir'),
    user: textAt(map, 'user'),
    groupAdd: listAtKey(map, 'group_add') ?? [],
    init: flagAt(map, 'init') ?? false,
    tty: flagAt(map, 'tty') ?? false,
    stdinOpen: flagAt(map, 'stdin_open') ?? false,
    stopSignal: textAt(map, 'stop_signal'),
    stopGracePeriod: millisAt(map, 'stop_grace_period'),
    attach: flagAt(map, 'attach') ?? true,
    ...readLogging(map),
    networkMode: readNetworkMode(map, networks),
    ...readLinks(map),
    ...readNamespaces(map),
    ...readRuntime(map),
    ...readCgroupParent(map),
    ports: readPorts(map, name, networks),
    ...(expose && { expose }),
    hostname: textAt(map, 'hostname'),
    domainname: textAt(map, 'domainname'),
    extraHosts: readExtraHosts(map),
    dns: {
      servers: listAtKey(map, 'dns') ?? [],
      search: listAtKey(map, 'dns_search') ?? [],
      options: listAtKey(map, 'dns_opt') ?? [],
    },
    mounts: readMounts(map, name, matchesUser),
    ...readVolumesFrom(map),
    ...readModelUses(map),
    ...(files && { files }),
    readOnly: flagAt(map, 'read_only') ?? false,
    shmSize: bytesAt(map, 'shm_size'),
    ...readStorageSize(map),
    ...readDevices(map, name),
    limits: readLimits(map),
    ulimits: readUlimits(map),
    sysctls: textsByKey(map, 'sysctls'),
    oomScoreAdj: numberAt(map, 'oom_score_adj'),
    security: readSecurity(map, context.profiles),
    healthcheck: readHealthcheck(map),
    ...readUnhealthyReaction(map),
    restart: readRestartPolicy(map),
    ...readWatchRules(map),
    ...readHooks(map, image),
  }
}

function replicasOf(map: MapNode): number {
  const replicas = nodeAt(map, ['deploy', 'replicas'])
  const declared = replicas?.kind === 'scalar' && typeof replicas.value === 'number' ? replicas.value : 1
  return numberAt(map, 'scale') ?? declared
}

function readEnvironment(map: MapNode): ReadonlyMap<string, string | undefined> {
  return new Map(
    [...entriesAt(map, 'environment')].flatMap(([name, { value }]) =>
      value.kind === 'scalar'
        ? [[name, value.value === null ? undefined : String(value.value)] as const]
        : [],
    ),
  )
}
