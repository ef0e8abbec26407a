import type { LogTarget } from '../../../model/log-target.ts'
import type { Health, HealthProbe, PublishedPort, RestartCause } from '../../../model/observed-state.ts'
import type { HealthTest, RestartPolicy, UnhealthyReaction } from '../../../model/service.ts'
import type { OciRuntime } from '../../../runtime/launch/oci-runtime.ts'

/**
 * What the supervisor needs to know of a container that was started. Written whole before its process runs, so that
 * a supervisor that starts later, or again, finds it.
 */
export interface LiveRecord {
  readonly version: 1
  readonly id: string
  readonly project: string
  readonly service: string
  readonly number: number
  readonly name: string
  /** Absolute path of the namespace file; undefined for the host's or another container's namespace. */
  readonly netns: string | undefined
  /** What hostname(1) prints in it; earlier versions wrote none. */
  readonly hostname?: string
  readonly endpoints: readonly LiveEndpoint[]
  /** Interfaces that are being made or removed while it runs: each may be there or not. @default none */
  readonly unsettled?: readonly LiveEndpoint[]
  /** When its networks were last changed while it ran, milliseconds since the epoch. @default never */
  readonly reattachedAt?: number
  readonly ports: readonly PublishedPort[]
  /** What of them the supervisor passes on. @default nothing */
  readonly relays?: readonly LiveRelay[]
  readonly dns: LiveDns | undefined
  readonly health: ResolvedHealthcheck | undefined
  readonly restart: RestartPolicy
  /** What its devices bring for each of its processes. @default nothing */
  readonly devices?: LiveDevices
  /** Folders of the container's cgroup, one per v1 hierarchy, or one under v2. */
  readonly cgroups: readonly string[]
  /** It goes when it has ended: so long after that, unless its command has removed it. @default it stays */
  readonly removedAfterMs?: number
  /** Neither its service's name nor an alias resolves to it. @default false */
  readonly isUnaliased?: boolean
  /** What runs it, for its further processes. @default tcompose itself */
  readonly runtime?: OciRuntime
  /** Its PID namespace is not its own, so what it has started outlives its main process. @default false */
  readonly sharesPids?: boolean
  /** The full files of its log are packed. @default false */
  readonly packsLogs?: boolean
  /** @default lines go nowhere else */
  readonly forward?: LiveForward
  /** What is done when it becomes unhealthy. @default nothing */
  readonly onUnhealthy?: LiveReaction
  /** When a command started it, milliseconds since the epoch; earlier versions wrote none. */
  readonly upAt?: number
}

/**
 * A held socket on which the relay takes what nf_tables cannot lead to the container: one of another family, and
 * connections to ::1, whose answers could not come back.
 */
export interface LiveRelay {
  /** Name under which the keeper holds it. */
  readonly socket: string
  readonly protocol: 'tcp' | 'udp'
  /** Of the container. */
  readonly address: string
  readonly port: number
}

/** Where the lines of a log go besides it. */
export interface LiveForward {
  readonly target: LogTarget
  /** Of the image, as the file has it. */
  readonly image: string
  /** Fields that labels and variables give to messages, by name. */
  readonly fields: ReadonlyMap<string, string>
  /** The last file of the log that is of an earlier container; 0 for none. */
  readonly after: number
}

/** How a container is ended that is unhealthy, and whether it is started again. */
export interface LiveReaction {
  readonly kind: UnhealthyReaction
  readonly signal: number
  readonly graceMs: number
}

export interface LiveDevices {
  /** `NAME=value` lines. */
  readonly environment: readonly string[]
  readonly groups: readonly number[]
}

export interface LiveEndpoint {
  /** Key of the network in the project. */
  readonly network: string
  /** Real name of the network. */
  readonly networkName: string
  /** Undefined on a network without IPv4. */
  readonly ipv4Address: string | undefined
  /** That of the IPv4 subnet. */
  readonly prefixLength: number
  /** Set where the default route of IPv4 goes. */
  readonly gateway: string | undefined
  /** Earlier versions wrote none. @default none */
  readonly ipv6?: LiveIpv6
  readonly macAddress: string
  /** Name inside the container, e.g. `eth0`. */
  readonly interfaceName: string
  /** Name of the veth's end on the host; empty for an interface that hangs on one of the host itself. */
  readonly hostInterface: string
  /** Names that resolve to this container on this network, besides its name, service and short id. */
  readonly aliases: readonly string[]
}

/** What an endpoint has of IPv6. */
export interface LiveIpv6 {
  readonly address: string
  readonly prefixLength: number
  /** Set where the default route goes. */
  readonly gateway?: string
}

export interface LiveDns {
  /** Names under which the keeper holds the sockets to which 127.0.0.11:53 of the container's namespace leads. */
  readonly udpSocket: string
  readonly tcpSocket: string
  /** Where to send what is not a name of the project; empty means the host's resolvers. */
  readonly upstreams: readonly string[]
  /** False: names outside the project do not resolve, as for a container on internal networks alone. @default true */
  readonly forward?: boolean
  /** What the container calls others, with the names that these have. @default nothing */
  readonly links?: ReadonlyMap<string, string>
}

/** A health check with every default filled in. Times are milliseconds. */
export interface ResolvedHealthcheck {
  readonly test: Exclude<HealthTest, { kind: 'none' }>
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly retries: number
  readonly startPeriodMs: number
  readonly startIntervalMs: number
}

/** Written by the supervisor after every probe. Times are milliseconds since the epoch. */
export interface HealthRecord {
  readonly version: 1
  readonly status: Health
  readonly failingStreak: number
  /** The last probes, oldest first, five at most. */
  readonly log: readonly HealthProbe[]
  /** `startedAt` of the process that this is about; a container that was started again begins from zero. */
  readonly runStartedAt: number
}

/** Written by the supervisor before each restart that its policy makes. */
export interface RestartRecord {
  readonly version: 1
  readonly count: number
  /** When the next start is due, milliseconds since the epoch; undefined when none is planned. */
  readonly nextAt: number | undefined
  /** The wait before the last planned start; the next is twice as long. */
  readonly delayMs: number
  /** Of the last planned start; earlier versions wrote none. */
  readonly cause?: RestartCause
}
