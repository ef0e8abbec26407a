import type { Digest } from '../base/digest.ts'
import type { ContainerSpec } from './container.ts'
import type { ContainerId, ProjectName, ReplicaAddress } from './names.ts'
import type { Network, PortMapping, Protocol } from './network.ts'
import type { ProvidedVariables, Provider } from './provider.ts'

/** A snapshot of what exists for one project on an engine. */
export interface ObservedState {
  readonly project: ProjectName
  /** By `imageLabel`, for the images that were asked about. */
  readonly images: ReadonlyMap<string, ObservedImage>
  /** By key. */
  readonly networks: ReadonlyMap<string, ObservedNetwork>
  /** By key. */
  readonly volumes: ReadonlyMap<string, ObservedVolume>
  /** The replicas of services. */
  readonly containers: readonly ObservedContainer[]
  /** What `run` has made. @default none */
  readonly oneOffs?: readonly ObservedContainer[]
  /** What providers have made, or were about to, by service. @default nothing */
  readonly providers?: ReadonlyMap<string, ObservedProvider>
  /** The folder and the files, as absolute paths, that it was last brought up from; none if it never was. */
  readonly source?: { readonly workingDir: string; readonly files: readonly string[] }
  /** Whether the rules of the project's networks and ports are in place, where that was asked. @default intact */
  readonly firewall?: ObservedFirewall
}

/** `altered`: some rules are there, and they are not all that should be, or more. */
export type ObservedFirewall = 'intact' | 'missing' | 'altered'

export type ObservedImage =
  /** `isLocal`: its source is a file of this machine, no registry. @default false */
  { readonly kind: 'absent'; readonly isLocal?: boolean } | PresentImage

/** An image that is known by its id. */
export interface PresentImage {
  readonly kind: 'present'
  readonly id: Digest
  /** Whether its layers can be mounted. */
  readonly unpacked: boolean
  /** Its source is a file of this machine, no registry. @default false */
  readonly isLocal?: boolean
  /** When a registry last said that the reference means this image: milliseconds since the epoch. */
  readonly pulledAt?: number | undefined
  /** What the reference means to its registry now, where that was asked. */
  readonly offered?: Digest
}

export interface ObservedNetwork {
  readonly key: string
  readonly name: string
  readonly configHash: string
  /** What it was made from, where the engine keeps that. */
  readonly network?: Network
  /** False: recorded, but its kernel objects are not all there. */
  readonly intact: boolean
  /** It is the network of another project. @default false */
  readonly joined?: true
}

export interface ObservedProvider {
  readonly provider: Provider
  /** What it said last. */
  readonly variables: ProvidedVariables
}

export interface ObservedVolume {
  readonly key: string
  readonly name: string
  readonly configHash: string
  /** False: recorded, but its creation or removal was interrupted, or it was removed by something else. */
  readonly intact: boolean
  /** It is not the project's own. @default false */
  readonly external?: boolean
}

export interface ObservedContainer extends ReplicaAddress {
  readonly id: ContainerId
  readonly name: string
  readonly configHash: string
  /** What it was made from, where the engine keeps that. */
  readonly spec?: ContainerSpec
  readonly image: string
  /** Undefined for one that is incomplete. */
  readonly imageId: Digest | undefined
  /** The ids of the images that it mounts, by reference. @default it mounts none */
  readonly mountedImages?: ReadonlyMap<string, Digest>
  readonly command: readonly string[]
  readonly labels: ReadonlyMap<string, string>
  readonly state: ContainerState
  readonly health: Health | undefined
  /** What its last probes said, of one that runs or was the last to. @default it was not probed */
  readonly probes?: ObservedProbes
  /** Starts that its policy has made since a command started it. @default none */
  readonly restarts?: ObservedRestarts
  /** Its `post_start` hooks have not run to their end since it was started. @default false */
  readonly awaitsPostStart?: boolean
  /**
   * It ran when it was last heard of, or was about to be started again, and has a restart policy: after a reboot it is to
   * run again.
   *
   * @default false
   */
  readonly isWanted?: boolean
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly ports: readonly PublishedPort[]
  /** Ports that peers reach, published or not, e.g. `6379/tcp`; of one that runs. @default none */
  readonly exposedPorts?: readonly string[]
  readonly networks: readonly ObservedEndpoint[]
  /** A change of its networks was begun and not seen to its end. @default false */
  readonly isReattaching?: true
  readonly mounts: readonly string[]
}

export interface ObservedEndpoint {
  /** Key of the network in the project. */
  readonly network: string
  /** Undefined on a network without IPv4. */
  readonly ipv4Address: string | undefined
  /** @default none */
  readonly ipv6Address?: string
  /** Name inside the container, e.g. `eth0`, where the engine knows it. */
  readonly interfaceName?: string
}

export interface PublishedPort {
  readonly hostIp: string
  readonly hostPort: number
  readonly target: PortMapping['target']
  readonly protocol: Protocol
}

/** Times are milliseconds since the epoch. */
export type ContainerState =
  /** Announced in the record, but its creation did not finish. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'created' }
  | {
      readonly kind: 'running'
      readonly pid: number
      readonly startedAt: number
      /** Its processes are frozen. @default false */
      readonly isPaused?: true
    }
  /** Its process lives, but its keeper ended: nobody keeps its log, sees its end or restarts it. */
  | { readonly kind: 'orphaned'; readonly pid: number; readonly startedAt: number }
  /** Ended; the restart policy will start it again. */
  | {
      readonly kind: 'restarting'
      readonly exitCode: number
      readonly finishedAt: number
      /** @default false */
      readonly outOfMemory?: boolean
    }
  /** `exitCode` is undefined when nobody saw the end, as after a reboot. */
  | {
      readonly kind: 'exited'
      readonly exitCode: number | undefined
      readonly finishedAt: number | undefined
      readonly outOfMemory: boolean
    }

export type Health = 'starting' | 'healthy' | 'unhealthy'

/** The probes of one run of a container. */
export interface ObservedProbes {
  /** The last ones, oldest first, five at most. */
  readonly log: readonly HealthProbe[]
  /** How many have failed since one succeeded. */
  readonly failingStreak: number
}

/** Times are milliseconds since the epoch. */
export interface HealthProbe {
  readonly startedAt: number
  readonly endedAt: number
  /** -1 for a probe that timed out. */
  readonly exitCode: number
  /** The first 4096 bytes of standard output and error; "..." follows if there was more. */
  readonly output: string
}

export interface ObservedRestarts {
  readonly count: number
  /** Why the last one was made, or is about to be, where that was kept. */
  readonly cause?: RestartCause
}

/** The end that a restart follows. */
export interface RestartCause {
  /** `ended`: by itself, or by someone's signal. */
  readonly kind: 'ended' | 'unhealthy' | 'out-of-memory'
  readonly exitCode: number
  /** Milliseconds since the epoch. */
  readonly finishedAt: number
}
