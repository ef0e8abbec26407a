import type { ModelPath } from '../../base/model-path.ts'
import type { Cgroup, CgroupHost } from '../../linux/cgroup/cgroup.ts'
import type { OwnerMaps } from '../../model/id-mapping.ts'
import type { LogLimits } from '../../model/logging.ts'
import type { DeviceSpec, ProcessSpec, RuntimeSpec } from '../../oci/runtime-spec.ts'
import type { LaunchStep } from './launch-op.ts'
import type { BundleRuntime, RunningBundle } from './oci-runtime.ts'

/** A container to launch: its OCI runtime spec, and beside it what that has no field for. */
export interface ContainerLaunch {
  /** A launch program runs no hooks. */
  readonly spec: RuntimeSpec & { readonly hooks?: never }
  readonly extras: ContainerExtras
}

/** A process to launch beside the main one of a running container. */
export interface ProcessLaunch {
  readonly process: ProcessSpec
  readonly extras: ProcessExtras
}

/** What any launch needs beside its spec. */
interface LaunchExtras {
  /** Unique among the keeper's live processes. */
  readonly id: string
  /** The control group as it was made. */
  readonly cgroup: Cgroup
  /** `linux.seccomp` in the kernel's form, an array of struct sock_filter; undefined leaves the process unconfined. */
  readonly seccomp: Uint8Array | undefined
  /** Where the user asked for it. */
  readonly origins: SpecOrigins
}

/** What the launch of a container needs beside its spec. */
export interface ContainerExtras extends LaunchExtras {
  /** What the user calls the container, e.g. `service "web"`. */
  readonly subject: string
  readonly cgroups: CgroupHost
  /** What is mounted at `root.path`. */
  readonly root: OverlayRoot
  /**
   * Of the mounts that are put over the image's files, by their index in the spec. All others are the container's own
   * parts of the kernel, such as /proc and /dev.
   */
  readonly mounts: ReadonlyMap<number, MountExtras>
  /**
   * Whose namespaces it joins. The process is looked up at each launch, since a container that starts again has other
   * namespaces; the paths in the spec are those of the moment it was made. @default none
   */
  readonly joined?: JoinedProcesses
  /** Makes the control group. @default it is there */
  readonly cgroupSteps?: readonly LaunchStep[]
  /** Makes the network namespace of the spec, whose path is a link to it then. @default it is there */
  readonly network?: readonly LaunchStep[]
  /** What is put into the container's files once all is mounted, in this order. @default nothing */
  readonly placed?: readonly PlacedFile[]
  /** Whether standard input can be written to. */
  readonly stdinOpen: boolean
  /** Whether a process of the keeper is PID 1 and reaps. */
  readonly init: boolean
  /** Runs it in place of the keeper's own operations. @default none */
  readonly runtime?: BundleRuntime
  /** Where its pid and its end are written. @default nowhere */
  readonly stateDir?: string
  /** Of its output. @default none: it has descriptors of its client, or none is kept */
  readonly logPath?: string
  /** @default its log is one file that grows without end */
  readonly logLimits?: LogLimits
  /** Kill it when the client that launched it hangs up. @default false */
  readonly killOnHangup?: true
}

/** The processes whose namespaces a container joins, by kind of namespace. */
export type JoinedProcesses = ReadonlyMap<'pid' | 'ipc', JoinedProcess>

/** The main process of another container. */
export interface JoinedProcess {
  /** The `pid` file that its keeper writes. */
  readonly record: string
  /** When it was looked up. */
  readonly pid: number
  /** What the user calls it, e.g. `container shop-db-1`. */
  readonly subject: string
}

/** What the launch of a further process needs beside its spec. */
export interface ProcessExtras extends LaunchExtras {
  /** The id of the container. */
  readonly container: string
  /** Which of its standard streams are pipes made for it, and so belong to the user that it runs as. */
  readonly ownStreams: readonly number[]
  /** Which users of the host those of the container's user namespace are. @default it has none of its own */
  readonly owners?: OwnerMaps
  /** Kill the process when the client that launched it hangs up. */
  readonly killOnHangup: boolean
  /** What runs the container. @default the keeper's own operations */
  readonly running?: RunningBundle
}

/** Where the changes of an overlay go: two folders of one filesystem. */
export interface WritableLayer {
  readonly upper: string
  readonly work: string
  /** Options of overlayfs. @default index=off */
  readonly options?: readonly string[]
}

/** The layers of a container's root. */
export interface OverlayRoot {
  /** What errors call the image. */
  readonly image: string
  /** Folders of the host, the lowest first. */
  readonly layers: readonly string[]
  /** Where changes go. */
  readonly writable: WritableLayer
  /** The folder of unpacked layers and their short links; see `OverlayInput`. */
  readonly layersDir: string
}

/** What a mount over the image's files needs beside its spec. */
export interface MountExtras {
  /** What the user calls its source; completes "mount ... at /data". */
  readonly label: string
  readonly origin: ModelPath | undefined
  readonly files: MountFiles
}

/** Where the files of a mount come from. */
export type MountFiles =
  | {
      readonly kind: 'host'
      readonly isFile: boolean
      /** The source in two parts where containers can change what lies below `root`: no link below it is followed. */
      readonly beneath: { readonly root: string; readonly path: string } | undefined
    }
  /** Folders of the host, the lowest first: two at least where nothing can be written. */
  | {
      readonly kind: 'layers'
      readonly image: string
      readonly folders: readonly string[]
      /** @default nowhere: the mount is read-only */
      readonly writable?: WritableLayer
    }
  /** A file in memory, read-only. */
  | {
      readonly kind: 'content'
      readonly content: Uint8Array
      /** Permission bits. */
      readonly mode: number
      readonly uid: number
      readonly gid: number
    }
  /** A device node, in a file system in memory of its own. */
  | { readonly kind: 'node'; readonly device: DeviceSpec }
  /** A file in memory, read-only, whose content the keeper keeps under `name`. */
  | {
      readonly kind: 'held'
      readonly name: string
      /** Permission bits. */
      readonly mode: number
      readonly uid: number
      readonly gid: number
    }
  /** A filesystem that starts empty. */
  | { readonly kind: 'empty' }

/** A link, in place of another one, or a file, in place of whatever file or link has its path. */
export type PlacedFile = { readonly path: string; readonly origin: ModelPath | undefined } & (
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'file'; readonly content: Uint8Array }
)

/** A value of the spec. */
export type SpecPath =
  | 'hostname'
  | 'domainname'
  | 'mounts'
  | 'process.cwd'
  | 'process.oomScoreAdj'
  | 'process.terminal'
  | 'root.path'
  | 'root.readonly'
  | 'linux.namespaces.ipc'
  | 'linux.namespaces.network'
  | 'linux.namespaces.pid'
  | `linux.devices.${string}`
  | `process.rlimits.${string}`
  | `linux.sysctl.${string}`

/** The document path behind values of the spec, e.g. `services.web.hostname` behind `hostname`. */
export type SpecOrigins = ReadonlyMap<SpecPath, ModelPath>
