import type { Bytes } from '../../../../base/bytes.ts'
import type { Cgroup } from '../../../../linux/cgroup/cgroup.ts'
import { listDevices } from '../../../../linux/list-devices.ts'
import type { Service } from '../../../../model/service.ts'
import type { LinuxSpec, NamespaceSpec } from '../../../../oci/runtime-spec.ts'
import type { RunOperation } from '../../../../planner/build/build-graph.ts'
import { grantedCapabilities } from '../../../../runtime/capabilities.ts'
import type {
  ContainerExtras,
  ContainerLaunch,
  WritableLayer,
} from '../../../../runtime/launch/container-launch.ts'
import type { ResolvedUser } from '../../../../runtime/rootfs/users.ts'
import type { SeccompFilter } from '../../container/container-seccomp.ts'
import { MASKED_PATHS, READ_ONLY_PATHS } from '../../container/masked-paths.ts'
import { ownMounts } from '../../container/own-mounts.ts'
import { toProcess, workingDir } from '../../container/to-process.ts'
import { OWN_NAMESPACES, outerFirst, toDevice } from '../../container/to-runtime-spec.ts'
import type { EngineHost } from '../../host/engine-host.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'
import { BUILD_HOSTNAME } from './run-etc-files.ts'
import { runSecurity } from './run-security.ts'

/** A command of a build with all that it needs on the host. */
export interface RunLaunch {
  /** Unique among the keeper's live processes. */
  readonly id: string
  /** What errors call the step. */
  readonly label: string
  readonly operation: RunOperation
  readonly user: ResolvedUser
  readonly environment: readonly string[]
  /** The size of the terminal that it gets in place of streams. */
  readonly terminal?: { readonly rows: number; readonly columns: number } | undefined
  /** The lowest first. */
  readonly layers: readonly string[]
  readonly writable: WritableLayer
  readonly mounts: readonly ResolvedMount[]
  /** The namespace's file; undefined is the host's network. */
  readonly netns: string | undefined
  readonly cgroup: Cgroup
  readonly seccomp: SeccompFilter | undefined
  readonly shmSize: Bytes | undefined
  readonly ulimits: Service['ulimits']
  readonly host: EngineHost
  /** Where the root is mounted, in the step's own mount namespace. */
  readonly rootfs: string
  /** The folder of unpacked layers and their short links; see `OverlayInput`. */
  readonly layersDir: string
}

const OCI_VERSION = '1.2.0'

/** Returns a command of a build in the words of the OCI, and beside it what the OCI has no words for. */
export function toRunLaunch(launch: RunLaunch): ContainerLaunch {
  const { operation, user, environment, terminal, rootfs, mounts, shmSize, ulimits, host } = launch
  const security = runSecurity(operation)
  const own = ownMounts({ security, shmSize }, new Set(mounts.map(({ mount }) => mount.destination)))
  const placed = outerFirst(mounts)
  return {
    spec: {
      ociVersion: OCI_VERSION,
      process: toProcess({
        service: { ulimits, security, oomScoreAdj: undefined },
        user,
        args: operation.argv,
        env: environment,
        cwd: workingDir(undefined, operation.workingDir),
        capabilities: grantedCapabilities(security, host.capabilities),
        terminal,
      }),
      root: { path: rootfs },
      hostname: BUILD_HOSTNAME,
      mounts: [...own, ...placed.map(({ mount }) => mount)],
      linux: toLinux(launch),
    },
    extras: toExtras(launch, new Map(placed.map(({ extras }, index) => [own.length + index, extras]))),
  }
}

function toLinux({ operation, netns, seccomp }: RunLaunch): LinuxSpec {
  const isSandboxed = operation.security === 'sandbox'
  const network: NamespaceSpec | undefined =
    netns === undefined ? undefined : { type: 'network', path: netns }
  return {
    namespaces: [...OWN_NAMESPACES, ...(network === undefined ? [] : [network])],
    devices: isSandboxed ? [] : listDevices().map(toDevice),
    rootfsPropagation: 'rprivate',
    ...(seccomp !== undefined && { seccomp: seccomp.profile }),
    maskedPaths: isSandboxed ? MASKED_PATHS : [],
    readonlyPaths: isSandboxed ? READ_ONLY_PATHS : [],
  }
}

function toExtras(launch: RunLaunch, mounts: ContainerExtras['mounts']): ContainerExtras {
  const { id, label, layers, writable, layersDir, cgroup, host, seccomp } = launch
  return {
    id,
    subject: `step "${label}"`,
    cgroup,
    cgroups: host.cgroups,
    seccomp: seccomp?.filter,
    origins: new Map(),
    root: { image: label, layers, writable, layersDir },
    mounts,
    stdinOpen: false,
    init: false,
    killOnHangup: true,
  }
}
