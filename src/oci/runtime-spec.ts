import type { IdMapping } from '../model/id-mapping.ts'

/**
 * The configuration of a container as version 1.2 of the OCI runtime specification has it: the content of the
 * `config.json` of a bundle. https://github.com/opencontainers/runtime-spec
 */
export interface RuntimeSpec {
  readonly ociVersion: string
  readonly process: ProcessSpec
  readonly root: RootSpec
  readonly hostname?: string
  readonly domainname?: string
  /** In the order in which they are mounted. */
  readonly mounts: readonly MountSpec[]
  readonly linux: LinuxSpec
  readonly hooks?: HooksSpec
  readonly annotations?: Readonly<Record<string, string>>
}

export interface ProcessSpec {
  readonly terminal?: boolean
  /** Characters. */
  readonly consoleSize?: { readonly height: number; readonly width: number }
  readonly user: ProcessUser
  /** The first is looked for on PATH. */
  readonly args: readonly string[]
  /** `NAME=value` lines. */
  readonly env?: readonly string[]
  /** Absolute. */
  readonly cwd: string
  readonly capabilities?: CapabilitiesSpec
  readonly rlimits?: readonly RlimitSpec[]
  readonly noNewPrivileges?: boolean
  /** Of AppArmor, which the program runs under. */
  readonly apparmorProfile?: string
  readonly oomScoreAdj?: number
}

/** Ids inside the container. */
export interface ProcessUser {
  readonly uid: number
  readonly gid: number
  readonly umask?: number
  readonly additionalGids?: readonly number[]
}

/** Names such as `CAP_CHOWN`. */
export interface CapabilitiesSpec {
  readonly bounding: readonly string[]
  readonly effective: readonly string[]
  readonly permitted: readonly string[]
  readonly inheritable: readonly string[]
  readonly ambient: readonly string[]
}

export interface RlimitSpec {
  /** E.g. `RLIMIT_NOFILE`. */
  readonly type: string
  /** An unsigned 64-bit number; the largest is RLIM_INFINITY. */
  readonly soft: bigint
  readonly hard: bigint
}

export interface RootSpec {
  readonly path: string
  readonly readonly?: boolean
}

export interface MountSpec {
  /** Absolute. */
  readonly destination: string
  /** A filesystem of the kernel, or `bind`. */
  readonly type: string
  readonly source: string
  /** As for mount(8): flags, propagation, and what the filesystem itself reads. */
  readonly options: readonly string[]
  /** How the owners of its files are shown. */
  readonly uidMappings?: readonly IdMapping[]
  readonly gidMappings?: readonly IdMapping[]
}

export interface LinuxSpec {
  readonly namespaces: readonly NamespaceSpec[]
  /** Which users of the host those of its user namespace are. */
  readonly uidMappings?: readonly IdMapping[]
  readonly gidMappings?: readonly IdMapping[]
  readonly devices?: readonly DeviceSpec[]
  /** Below the mount point of each hierarchy. */
  readonly cgroupsPath?: string
  readonly resources?: ResourcesSpec
  readonly rootfsPropagation?: string
  readonly seccomp?: SeccompSpec
  /** By name, e.g. `net.core.somaxconn`. */
  readonly sysctl?: Readonly<Record<string, string>>
  readonly maskedPaths?: readonly string[]
  readonly readonlyPaths?: readonly string[]
}

export interface NamespaceSpec {
  readonly type: 'mount' | 'pid' | 'ipc' | 'uts' | 'cgroup' | 'network' | 'user'
  /** One that exists; without it one is made. */
  readonly path?: string
}

export interface DeviceSpec {
  /** `c` is a character device, `b` a block device. */
  readonly type: 'c' | 'b'
  readonly path: string
  readonly major: number
  readonly minor: number
  /** Permission bits. */
  readonly fileMode: number
  readonly uid: number
  readonly gid: number
}

export interface ResourcesSpec {
  readonly devices?: readonly DeviceRuleSpec[]
  /** Bytes; `swap` is memory and swap together, -1 is unlimited. */
  readonly memory?: {
    readonly limit?: number
    readonly reservation?: number
    readonly swap?: number
    readonly swappiness?: number
    readonly disableOOMKiller?: boolean
  }
  /** Times in microseconds. */
  readonly cpu?: {
    readonly shares?: number
    readonly quota?: number
    readonly period?: number
    readonly cpus?: string
    readonly realtimeRuntime?: number
    readonly realtimePeriod?: number
  }
  readonly pids?: { readonly limit: number }
  readonly blockIO?: { readonly weight?: number }
}

export interface DeviceRuleSpec {
  readonly allow: boolean
  /** @default both kinds */
  readonly type?: 'c' | 'b'
  /** @default every one */
  readonly major?: number
  readonly minor?: number
  /** Of `r`, `w` and `m`, which is mknod(2). */
  readonly access: string
}

export interface SeccompSpec {
  readonly defaultAction: SeccompAction
  readonly defaultErrnoRet?: number
  /** E.g. `SCMP_ARCH_X86_64`. */
  readonly architectures: readonly string[]
  readonly syscalls: readonly SeccompRuleSpec[]
}

export type SeccompAction =
  | 'SCMP_ACT_ALLOW'
  | 'SCMP_ACT_ERRNO'
  | 'SCMP_ACT_KILL'
  | 'SCMP_ACT_KILL_PROCESS'
  | 'SCMP_ACT_KILL_THREAD'
  | 'SCMP_ACT_LOG'
  | 'SCMP_ACT_TRACE'
  | 'SCMP_ACT_TRAP'

export interface SeccompRuleSpec {
  readonly names: readonly string[]
  readonly action: SeccompAction
  readonly errnoRet?: number
  /** All of them hold. */
  readonly args?: readonly SeccompArgumentSpec[]
}

export interface SeccompArgumentSpec {
  readonly index: number
  /** Unsigned, 64 bits. */
  readonly value: number | bigint
  /** With SCMP_CMP_MASKED_EQ `value` is the mask and this the result. */
  readonly valueTwo?: number | bigint
  readonly op:
    | 'SCMP_CMP_NE'
    | 'SCMP_CMP_LT'
    | 'SCMP_CMP_LE'
    | 'SCMP_CMP_EQ'
    | 'SCMP_CMP_GE'
    | 'SCMP_CMP_GT'
    | 'SCMP_CMP_MASKED_EQ'
}

export interface HooksSpec {
  readonly createRuntime?: readonly HookSpec[]
  readonly createContainer?: readonly HookSpec[]
  readonly startContainer?: readonly HookSpec[]
  readonly poststart?: readonly HookSpec[]
  readonly poststop?: readonly HookSpec[]
}

export interface HookSpec {
  readonly path: string
  readonly args?: readonly string[]
  readonly env?: readonly string[]
  /** Seconds. */
  readonly timeout?: number
}
