import type { Cgroup, CgroupHost } from '../../../linux/cgroup/cgroup.ts'
import type { DeviceNode } from '../../../linux/list-devices.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { OwnerMaps } from '../../../model/id-mapping.ts'
import type { Image } from '../../../model/image.ts'
import type { ContainerId } from '../../../model/names.ts'
import type { Service } from '../../../model/service.ts'
import type { DeviceSpec, LinuxSpec, NamespaceSpec } from '../../../oci/runtime-spec.ts'
import { type CapabilitySet, grantedCapabilities } from '../../../runtime/capabilities.ts'
import type {
  ContainerExtras,
  ContainerLaunch,
  JoinedProcesses,
  PlacedFile,
} from '../../../runtime/launch/container-launch.ts'
import type { LaunchStep } from '../../../runtime/launch/launch-op.ts'
import type { OciRuntime } from '../../../runtime/launch/oci-runtime.ts'
import type { ResolvedUser } from '../../../runtime/rootfs/users.ts'
import { type ContainerDevices, NO_DEVICES } from '../device/container-devices.ts'
import { hostMount } from '../mount/host-mount.ts'
import { mapOwners } from '../mount/map-owners.ts'
import type { ResolvedMount } from '../mount/resolved-mount.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { commandLine } from './command-line.ts'
import type { ContainerNames } from './container-names.ts'
import type { SeccompFilter } from './container-seccomp.ts'
import { MASKED_PATHS, READ_ONLY_PATHS } from './masked-paths.ts'
import { ownMounts } from './own-mounts.ts'
import { containerEnvironment, extendEnvironment } from './process-environment.ts'
import { specOrigins } from './spec-origins.ts'
import { toProcess, workingDir } from './to-process.ts'
import { toResources } from './to-resources.ts'

/** Everything that decides what a container is; every question to the host is answered before. */
export interface ContainerInput {
  readonly spec: ContainerSpec
  readonly image: Image
  readonly id: ContainerId
  readonly layout: ContainerLayout
  /** The folder of unpacked layers and their short links; see `OverlayInput`. */
  readonly layersDir: string
  readonly user: ResolvedUser
  /** Its own, or those of the container whose network it shares. */
  readonly names: ContainerNames
  /** The namespace's file; undefined is the host's network. */
  readonly netns: string | undefined
  /** What makes the control group. @default it is there */
  readonly cgroupSteps?: readonly LaunchStep[]
  /** What makes the network namespace. @default it is there */
  readonly networkSteps?: readonly LaunchStep[]
  /** The containers whose PID and IPC namespaces it joins. @default none */
  readonly joined?: JoinedProcesses
  readonly cgroup: Cgroup
  /** The service's mounts and the anonymous volumes of its image. */
  readonly mounts: readonly ResolvedMount[]
  /** Those of the service, as they are now. @default none */
  readonly devices?: ContainerDevices
  /** What is put into the container's files for them. @default nothing */
  readonly placed?: readonly PlacedFile[]
  /** Undefined leaves the container unconfined. */
  readonly seccomp: SeccompFilter | undefined
  /** What of the caller its standard streams are joined to. @default they are the log's */
  readonly joinedTo?: CallerStreams
  /** Which ids of the host those of its user namespace are. @default it has none of its own */
  readonly owners?: OwnerMaps | undefined
  /** What runs it. @default tcompose itself */
  readonly runtime?: OciRuntime | undefined
  readonly host: HostFacts
}

/** What of the caller a container's streams are joined to. */
export type CallerStreams =
  | { readonly kind: 'streams'; readonly hasInput: boolean }
  | { readonly kind: 'terminal'; readonly rows: number; readonly columns: number }

/** What the machine and the keeper have. */
export interface HostFacts {
  readonly cgroups: CgroupHost
  /** The bounding set of the keeper. */
  readonly capabilities: CapabilitySet
  /** The nodes of the host's /dev, for privileged containers. */
  readonly devices: readonly DeviceNode[]
}

/** The version of the specification whose fields a spec may have. */
const OCI_VERSION = '1.2.0'

/** The size of a terminal that is not displayed. */
const TERMINAL = { rows: 24, columns: 80 }

/**
 * Returns what a service's container is in the words of the OCI, and beside it what the OCI has no words for.
 *
 * @throws {TcomposeError} `container-launch` if neither the file nor the image names a command.
 */
export function toRuntimeSpec(input: ContainerInput): ContainerLaunch {
  const { image, layout, names, user, devices = NO_DEVICES, joinedTo } = input
  const { config: service } = input.spec
  const taken = new Set([...input.mounts, ...devices.mounts].map(({ mount }) => mount.destination))
  const own = ownMounts(service, taken)
  const placed = placedMounts(input, taken)
  return {
    spec: {
      ociVersion: OCI_VERSION,
      process: toProcess({
        service,
        user,
        args: commandLine(service, image.config),
        env: extendEnvironment(
          containerEnvironment({
            image: image.config.environment,
            hostname: names.hostname,
            home: user.home,
            tty: service.tty,
            service: service.environment,
          }),
          devices.environment,
        ),
        cwd: workingDir(service.workingDir, image.config.workingDir),
        capabilities: grantedCapabilities(service.security, input.host.capabilities),
        terminal: service.tty ? (joinedTo?.kind === 'terminal' ? joinedTo : TERMINAL) : undefined,
      }),
      root: { path: layout.rootfs, readonly: service.readOnly },
      ...(service.uts !== 'host' && { hostname: names.hostname }),
      ...(names.domainname !== undefined && service.uts !== 'host' && { domainname: names.domainname }),
      mounts: [...own, ...placed.map(({ mount }) => mount)],
      linux: toLinux(input, taken),
      annotations: Object.fromEntries(service.annotations),
    },
    extras: toExtras(input, new Map(placed.map(({ extras }, index) => [own.length + index, extras]))),
  }
}

/** The mounts that tcompose adds and those of the service, outer targets before inner ones. */
function placedMounts(
  { layout, spec, mounts, owners, devices = NO_DEVICES }: ContainerInput,
  taken: ReadonlySet<string>,
): readonly ResolvedMount[] {
  const replaced = new Set(devices.mounts.map(({ mount }) => mount.destination))
  const files: readonly (readonly [string, string])[] = [
    ['/etc/hostname', layout.hostname],
    ['/etc/hosts', layout.hosts],
    ['/etc/resolv.conf', layout.resolvConf],
  ]
  const added = files
    .filter(([target]) => !taken.has(target))
    .map(([target, path]) =>
      hostMount({ path, isFile: true, target, readOnly: spec.config.readOnly, recursive: false }),
    )
  const own = mounts.filter(({ mount }) => !replaced.has(mount.destination))
  const placed = [...added, ...hostSharedMemory(spec.config, taken), ...own, ...devices.mounts]
  return outerFirst(placed.map(resolved => mapOwners(resolved, owners)))
}

/** Shared memory goes with the IPC namespace. */
function hostSharedMemory({ ipc }: Service, taken: ReadonlySet<string>): readonly ResolvedMount[] {
  const path = '/dev/shm'
  if (ipc?.kind !== 'host' || taken.has('/dev') || taken.has(path)) return []
  return [hostMount({ path, isFile: false, target: path, readOnly: false, recursive: false })]
}

/** Sorts mounts so that none hides one before it. */
export function outerFirst(mounts: readonly ResolvedMount[]): readonly ResolvedMount[] {
  return mounts.toSorted((a, b) => depthOf(a) - depthOf(b))
}

function depthOf({ mount: { destination } }: ResolvedMount): number {
  return destination === '/' ? 0 : destination.split('/').length - 1
}

function toLinux(input: ContainerInput, taken: ReadonlySet<string>): LinuxSpec {
  const { netns, seccomp, host, cgroup, owners } = input
  const { config: service } = input.spec
  const { privileged, unmaskSystemPaths } = service.security
  const isMasked = !privileged && !unmaskSystemPaths
  const cgroupsPath = cgroupsPathOf(cgroup, host.cgroups)
  return {
    namespaces: [
      ...OWN_NAMESPACES.flatMap(({ type }) => namespaceOf(type, input)),
      ...(netns === undefined ? [] : [{ type: 'network', path: netns } as const]),
      ...(owners === undefined ? [] : [{ type: 'user' } as const]),
    ],
    ...owners,
    devices: containerNodes(input, taken).map(toDevice),
    ...(cgroupsPath !== undefined && { cgroupsPath }),
    resources: toResources(service, (input.devices ?? NO_DEVICES).rules),
    rootfsPropagation: 'rprivate',
    ...(seccomp !== undefined && { seccomp: seccomp.profile }),
    sysctl: Object.fromEntries(service.sysctls),
    maskedPaths: isMasked ? MASKED_PATHS : [],
    readonlyPaths: isMasked ? READ_ONLY_PATHS : [],
  }
}

/** A /dev that the service mounts has what it has. A privileged container has the host's nodes at their places already. */
function containerNodes(
  { spec, host, user, devices = NO_DEVICES }: ContainerInput,
  taken: ReadonlySet<string>,
): readonly DeviceNode[] {
  const asked = devices.nodes.map(node => ({
    ...node,
    uid: node.hasUidOfProcess ? user.uid : node.uid,
    gid: node.hasGidOfProcess ? user.gid : node.gid,
  }))
  const inherited = spec.config.security.privileged
    ? host.devices.filter(({ path }) => path !== '/dev/console')
    : []
  const nodes = new Map([...asked, ...inherited].map(node => [node.path, node]))
  return [...nodes.values()].filter(({ path }) => !taken.has('/dev') || !path.startsWith('/dev/'))
}

/** Those of the host are left out. */
function namespaceOf(
  type: NamespaceSpec['type'],
  { spec: { config }, joined }: ContainerInput,
): readonly NamespaceSpec[] {
  const mode = type === 'pid' || type === 'ipc' ? config[type]?.kind : undefined
  if (mode === 'host' || ((type === 'uts' || type === 'cgroup') && config[type] === 'host')) return []
  const owner = type === 'pid' || type === 'ipc' ? joined?.get(type) : undefined
  return [owner === undefined ? { type } : { type, path: `/proc/${owner.pid}/ns/${type}` }]
}

/** What every container has of its own unless its service says otherwise. */
export const OWN_NAMESPACES: readonly NamespaceSpec[] = [
  { type: 'mount' },
  { type: 'pid' },
  { type: 'ipc' },
  { type: 'uts' },
  { type: 'cgroup' },
]

/** Returns the group's path below the root of a hierarchy, which is the same in each. */
function cgroupsPathOf({ folders }: Cgroup, host: CgroupHost): string | undefined {
  const [folder] = folders
  const roots = host.kind === 'v2' ? [host.mountPoint] : host.hierarchies.map(({ mountPoint }) => mountPoint)
  const root = roots.find(root => folder?.startsWith(`${root}/`))
  return root === undefined ? undefined : folder?.slice(root.length)
}

/** Returns a node of the host's /dev as a spec has it. */
export function toDevice({ kind, mode, path, major, minor, uid, gid }: DeviceNode): DeviceSpec {
  return { path, major, minor, uid, gid, type: kind === 'block' ? 'b' : 'c', fileMode: mode }
}

function toExtras(input: ContainerInput, mounts: ContainerExtras['mounts']): ContainerExtras {
  const { spec, image, layout, seccomp, joinedTo } = input
  const { config: service } = spec
  return {
    id: input.id,
    subject: `service "${spec.service}"`,
    cgroup: input.cgroup,
    cgroups: input.host.cgroups,
    seccomp: seccomp?.filter,
    origins: specOrigins(service, input.devices?.nodes),
    root: {
      image: image.reference,
      layers: image.layers,
      writable: { upper: layout.upper, work: layout.work },
      layersDir: input.layersDir,
    },
    mounts,
    ...(input.joined !== undefined && input.joined.size > 0 && { joined: input.joined }),
    ...(input.cgroupSteps !== undefined && { cgroupSteps: input.cgroupSteps }),
    ...(input.networkSteps !== undefined && { network: input.networkSteps }),
    placed: input.placed ?? [],
    stdinOpen: joinedTo?.kind === 'streams' ? joinedTo.hasInput : service.stdinOpen,
    init: service.init,
    ...(input.runtime !== undefined && { runtime: { runtime: input.runtime, pidFile: layout.init } }),
    stateDir: layout.runDir,
    ...(joinedTo === undefined ? logOf(service.logging, layout.log) : { killOnHangup: true }),
  }
}

function logOf(logging: Service['logging'], path: string): Pick<ContainerExtras, 'logPath' | 'logLimits'> {
  if (logging?.kind === 'none') return {}
  return { logPath: path, ...(logging?.limits && { logLimits: logging.limits }) }
}
