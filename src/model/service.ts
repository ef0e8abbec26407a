import type { Bytes } from '../base/bytes.ts'
import type { Millis } from '../base/millis.ts'
import type { ModelUse } from './ai-model.ts'
import type { BlockIoLimits } from './block-io.ts'
import type { BuildConfig } from './build.ts'
import type { Device } from './device.ts'
import type { DeviceRequest } from './device-request.ts'
import type { DeviceRule } from './device-rule.ts'
import type { ExtraHost } from './extra-host.ts'
import type { Hook, PreStartHook } from './hook.ts'
import type { Isolation } from './isolation.ts'
import type { Logging } from './logging.ts'
import type { Mount } from './mount.ts'
import type { IpcMode, SharedNamespace } from './namespace.ts'
import type { NetworkMode, PortMapping } from './network.ts'
import type { PlatformName } from './platform.ts'
import type { PullPolicy } from './pull-policy.ts'
import type { SeccompProfileFile } from './seccomp-profile.ts'
import type { ServiceFile } from './service-file.ts'
import type { VolumesFrom } from './volumes-from.ts'
import type { WatchRule } from './watch-rule.ts'

/**
 * A service, normalised: short forms are expanded, twins such as `cpus` and `deploy.resources.limits.cpus` are
 * one value, paths are absolute. `undefined` means that the image or the engine's default decides.
 */
export interface Service {
  readonly name: string
  /** The image reference as the file has it, with relative paths of local sources made absolute. */
  readonly image: string
  /** How its image is built. @default the image is fetched */
  readonly build?: BuildConfig | undefined
  /** Undefined leaves it to DOCKER_DEFAULT_PLATFORM, then to the machine. */
  readonly platform: PlatformName | undefined
  /** Undefined is `missing` to `up`, and no reason for `pull` to leave the image. */
  readonly pullPolicy: PullPolicy | undefined
  readonly replicas: number
  readonly containerName: string | undefined
  readonly profiles: readonly string[]
  readonly dependsOn: readonly Dependency[]
  /** The services of providers that it depends on, and has variables of. @default none */
  readonly providedBy?: readonly string[]
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>

  readonly entrypoint: readonly string[] | undefined
  readonly command: readonly string[] | undefined
  /** A value of undefined unsets the variable of the image. */
  readonly environment: ReadonlyMap<string, string | undefined>
  readonly workingDir: string | undefined
  /** `uid[:gid]` or `name[:group]`. */
  readonly user: string | undefined
  readonly groupAdd: readonly string[]
  /** The OCI runtime that runs it, by its name on this machine. @default tcompose itself */
  readonly runtime?: string
  /** What separates it from the host, of whichever runtime. @default that of its runtime */
  readonly isolation?: Isolation
  readonly init: boolean
  readonly tty: boolean
  readonly stdinOpen: boolean
  readonly stopSignal: string | undefined
  readonly stopGracePeriod: Millis | undefined
  readonly attach: boolean
  /** @default kept with the container in one file that grows without end */
  readonly logging?: Logging

  readonly networkMode: NetworkMode
  /** @default a PID namespace of its own */
  readonly pid?: SharedNamespace
  /** @default an IPC namespace of its own, which no other container may join */
  readonly ipc?: IpcMode
  /** @default the host's */
  readonly userns?: OwnUsers
  /** Whose host and domain name it has. @default its own */
  readonly uts?: 'host'
  /** Whose tree of control groups it sees. @default its own */
  readonly cgroup?: 'host'
  /** The control group above its own, from the root of each hierarchy, e.g. `/batch`. @default the project's */
  readonly cgroupParent?: string
  readonly ports: readonly PortMapping[]
  /** Ports that `expose` names beside those of the image, e.g. `6379/tcp`. @default none */
  readonly expose?: readonly string[]
  readonly hostname: string | undefined
  readonly domainname: string | undefined
  readonly extraHosts: readonly ExtraHost[]
  /** What its containers alone call others, each with a name that the other has on a network of both. @default nothing */
  readonly links?: ReadonlyMap<string, string>
  readonly dns: DnsSettings

  readonly mounts: readonly Mount[]
  /** AI models, whose addresses its variables have. @default none */
  readonly models?: readonly ModelUse[]
  /** Its secrets and configs. @default none */
  readonly files?: readonly ServiceFile[]
  /** @default no other container */
  readonly volumesFrom?: readonly VolumesFrom[]
  readonly readOnly: boolean
  readonly shmSize: Bytes | undefined
  /** The most that it may write into its own files, those of volumes left out. @default no limit */
  readonly storageSize?: Bytes

  /** Devices of the host. @default none */
  readonly devices?: readonly Device[]
  /** What it may do with devices beside those that it has. @default nothing */
  readonly deviceRules?: readonly DeviceRule[]
  /** GPUs and the like, of `gpus` and of `deploy`. @default none */
  readonly deviceRequests?: readonly DeviceRequest[]

  readonly limits: ResourceLimits
  readonly ulimits: ReadonlyMap<string, { readonly soft: number; readonly hard: number }>
  readonly sysctls: ReadonlyMap<string, string>
  readonly oomScoreAdj: number | undefined

  readonly security: SecuritySettings
  readonly healthcheck: Healthcheck | undefined
  /** @default nothing */
  readonly onUnhealthy?: UnhealthyReaction
  readonly restart: RestartPolicy
  /** Run to their ends, in order, before it starts. @default none */
  readonly preStart?: readonly PreStartHook[]
  /** Run in the container, in order, once it has started. @default none */
  readonly postStart?: readonly Hook[]
  /** Run in the container, in order, before it is stopped. @default none */
  readonly preStop?: readonly Hook[]

  /** What `watch` does when files change. @default nothing */
  readonly watch?: readonly WatchRule[]
}

export type DependencyCondition = 'service_started' | 'service_healthy' | 'service_completed_successfully'

export interface Dependency {
  readonly service: string
  readonly condition: DependencyCondition
  /** Restart this service when the dependency is recreated. */
  readonly restart: boolean
  /** False: a missing or failed dependency is a warning. */
  readonly required: boolean
}

export interface DnsSettings {
  readonly servers: readonly string[]
  readonly search: readonly string[]
  readonly options: readonly string[]
}

export interface ResourceLimits {
  readonly memory: Bytes | undefined
  readonly memoryReservation: Bytes | undefined
  /** Memory plus swap; -1 is unlimited. */
  readonly memorySwap: Bytes | -1 | undefined
  /** A count of CPUs, fractions allowed. */
  readonly cpus: number | undefined
  /** Relative weight as cgroup v1 counts it: 2 to 262144, 1024 is normal. */
  readonly cpuShares: number | undefined
  /** CPUs as `0-2,5`. */
  readonly cpuset: string | undefined
  /** Undefined or -1 is unlimited. */
  readonly pids: number | undefined
  /** @default no limit, and the share of every group */
  readonly blockIo?: BlockIoLimits
  /** Microseconds of each period that real-time processes may compute. @default none */
  readonly cpuRealtime?: { readonly runtime: number; readonly period: number }
  /** How readily the kernel swaps, 0 to 100; control groups of version 2 have no such setting. @default the host's */
  readonly swappiness?: number
  /** Let processes wait instead of killing one when memory runs out; version 2 has no such setting. @default false */
  readonly oomKillDisabled?: boolean
}

export interface SecuritySettings {
  readonly privileged: boolean
  /** Names without `CAP_`, upper case; `ALL` means every capability. */
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly noNewPrivileges: boolean
  readonly seccomp: SeccompChoice
  /** Leave the paths visible and writable that are masked or read-only by default. */
  readonly unmaskSystemPaths: boolean
  /** A profile of the host's AppArmor. @default none */
  readonly apparmor?: string
  /** Let the container change its control group. @default false */
  readonly writableCgroups?: boolean
}

/** Which system calls a container may make. */
export type SeccompChoice =
  | { readonly kind: 'default' }
  | { readonly kind: 'unconfined' }
  /** `file` is its path as the Compose file has it. */
  | { readonly kind: 'profile'; readonly file: string; readonly profile: SeccompProfileFile }

/** Fields that are undefined inherit the image's HEALTHCHECK, then the defaults. */
export interface Healthcheck {
  readonly test: HealthTest | undefined
  readonly interval: Millis | undefined
  readonly timeout: Millis | undefined
  readonly retries: number | undefined
  readonly startPeriod: Millis | undefined
  readonly startInterval: Millis | undefined
}

export type HealthTest =
  | { readonly kind: 'none' }
  | HealthProbeTest
  | { readonly kind: 'exec'; readonly argv: readonly string[] }
  | {
      readonly kind: 'shell'
      readonly command: string
      /** What the shell takes for `$0` and the parameters. */
      readonly parameters?: readonly string[]
    }

/** A test that the engine makes itself, so that the image needs no program for it. */
export type HealthProbeTest =
  /** A connection to a port of the container can be made. */
  | { readonly kind: 'tcp'; readonly port: number }
  /** The answer to GET has a status from 200 to 399. */
  | { readonly kind: 'http'; readonly port: number; readonly path: string }
  /** A connection to a socket in the container's files can be made. */
  | { readonly kind: 'unix'; readonly path: string }
  /** A line that the container has written since its start matches this regular expression. */
  | { readonly kind: 'log'; readonly pattern: string }

/** A user namespace of a container's own. */
export interface OwnUsers {
  /** How many ids it has, from 0 on. */
  readonly size: number
  /** Which of its ids are those of who calls the command. @default none */
  readonly keep?: KeptIds
}

export interface KeptIds {
  /** @default that of the caller */
  readonly uid?: number
  readonly gid?: number
  /** Undefined where a file says nothing but the wish. */
  readonly caller?: { readonly uid: number; readonly gid: number }
}

/** What is done about a container that has become unhealthy. */
export type UnhealthyReaction = 'restart' | 'stop'

export type RestartPolicy =
  | { readonly kind: 'no' }
  | { readonly kind: 'always' }
  | { readonly kind: 'unless-stopped' }
  | { readonly kind: 'on-failure'; readonly maxRetries: number | undefined }

/** How an attribute of a service is called, and what a change of it does. */
export interface ServiceAttribute {
  /** In the words of the Compose file. */
  readonly key: string
  /** Fixed when a container is created, so a change recreates it. */
  readonly isFixed: boolean
}

/** What each attribute of a service is called. */
export const SERVICE_ATTRIBUTES: Readonly<Record<keyof Service, ServiceAttribute>> = {
  name: fixed('name'),
  image: fixed('image'),
  build: free('build'),
  platform: fixed('platform'),
  pullPolicy: free('pull_policy'),
  replicas: free('scale'),
  containerName: fixed('container_name'),
  profiles: free('profiles'),
  dependsOn: free('depends_on'),
  providedBy: free('depends_on'),
  labels: fixed('labels'),
  annotations: fixed('annotations'),
  entrypoint: fixed('entrypoint'),
  command: fixed('command'),
  environment: fixed('environment'),
  workingDir: fixed('working_dir'),
  user: fixed('user'),
  groupAdd: fixed('group_add'),
  runtime: fixed('runtime'),
  isolation: fixed('x-isolation'),
  init: fixed('init'),
  tty: fixed('tty'),
  stdinOpen: fixed('stdin_open'),
  stopSignal: fixed('stop_signal'),
  stopGracePeriod: fixed('stop_grace_period'),
  attach: free('attach'),
  logging: fixed('logging'),
  networkMode: fixed('networks'),
  pid: fixed('pid'),
  ipc: fixed('ipc'),
  userns: fixed('userns_mode'),
  uts: fixed('uts'),
  cgroup: fixed('cgroup'),
  cgroupParent: fixed('cgroup_parent'),
  ports: fixed('ports'),
  expose: fixed('expose'),
  hostname: fixed('hostname'),
  domainname: fixed('domainname'),
  extraHosts: fixed('extra_hosts'),
  links: fixed('links'),
  dns: fixed('dns'),
  mounts: fixed('volumes'),
  models: free('models'),
  files: fixed('secrets and configs'),
  volumesFrom: fixed('volumes_from'),
  readOnly: fixed('read_only'),
  shmSize: fixed('shm_size'),
  storageSize: fixed('storage_opt'),
  devices: fixed('devices'),
  deviceRules: fixed('device_cgroup_rules'),
  deviceRequests: fixed('gpus'),
  limits: fixed('resource limits'),
  ulimits: fixed('ulimits'),
  sysctls: fixed('sysctls'),
  oomScoreAdj: fixed('oom_score_adj'),
  security: fixed('security'),
  healthcheck: fixed('healthcheck'),
  onUnhealthy: fixed('x-on-unhealthy'),
  restart: fixed('restart'),
  preStart: fixed('pre_start'),
  postStart: fixed('post_start'),
  preStop: fixed('pre_stop'),
  watch: free('develop'),
}

function fixed(key: string): ServiceAttribute {
  return { key, isFixed: true }
}

function free(key: string): ServiceAttribute {
  return { key, isFixed: false }
}
