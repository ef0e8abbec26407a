import type { ReplicaAddress } from './names.ts'
import type { PlatformName } from './platform.ts'
import type { Service } from './service.ts'

/** All that decides what one container is. Two equal specs make interchangeable containers. */
export interface ContainerSpec extends ReplicaAddress {
  /** `<project>-<service>-<number>`, or the file's `container_name`. */
  readonly name: string
  /** SHA-256 of the service's configuration, 64 hex digits. */
  readonly configHash: string
  readonly config: Service
  /** Of its images: the service's own, or the default. */
  readonly platform?: PlatformName | undefined
  /** Real names of the networks it is attached to, by key. */
  readonly networkNames: ReadonlyMap<string, string>
  /** Real names of the named volumes it mounts, by key. */
  readonly volumeNames: ReadonlyMap<string, string>
  readonly labels: ReadonlyMap<string, string>
  /** Neither its service's name nor an alias resolves to it. @default false */
  readonly isUnaliased?: true
  /** It goes when it has ended, with its anonymous volumes. @default false */
  readonly isRemovedAtEnd?: true
  /** The index of the `pre_start` hook that it runs. @default it runs none */
  readonly preStart?: number
}
