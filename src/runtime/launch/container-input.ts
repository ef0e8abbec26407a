import type { ContainerNames } from '../../engine/local/container/container-names.ts'
import type { ContainerLayout } from '../../engine/local/state/layout.ts'
import type { Cgroup, CgroupHost } from '../../linux/cgroup/cgroup.ts'
import type { DeviceNode } from '../../linux/list-devices.ts'
import type { ContainerSpec } from '../../model/container.ts'
import type { Image } from '../../model/image.ts'
import type { BindPropagation } from '../../model/mount.ts'
import type { ContainerId } from '../../model/names.ts'
import type { CapabilitySet } from '../capabilities.ts'
import type { ResolvedUser } from '../rootfs/users.ts'

/** Everything that decides a container's launch program; every question to the host is answered before. */
export interface ContainerInput {
  readonly spec: ContainerSpec
  readonly image: Image
  readonly id: ContainerId
  readonly layout: ContainerLayout
  /** The folder of unpacked layers and their short links; see `OverlayInput`. */
  readonly layersDir: string
  readonly account: ResolvedUser
  /** Its own, or those of the container whose network it shares. */
  readonly names: ContainerNames
  /** The namespace's file; undefined is the host's network. */
  readonly netns: string | undefined
  readonly cgroup: Cgroup
  /** The service's mounts and the anonymous volumes of its image. */
  readonly mounts: readonly ResolvedMount[]
  /** struct sock_filter array; undefined leaves the container unconfined. */
  readonly seccomp: Uint8Array | undefined
  readonly host: HostFacts
}

/** What the machine and the keeper have. */
export interface HostFacts {
  readonly cgroups: CgroupHost
  /** The bounding set of the keeper. */
  readonly capabilities: CapabilitySet
  /** The nodes of the host's /dev, for privileged containers. */
  readonly devices: readonly DeviceNode[]
}

/** Something to mount whose source was found or made. */
export type ResolvedMount =
  | {
      readonly kind: 'bind' | 'volume'
      /** A folder or file of the host that exists. */
      readonly hostPath: string
      /** What to mount of the folder `hostPath`, relative; containers can change what lies below. Undefined is all of it. */
      readonly subpath: string | undefined
      readonly isFile: boolean
      readonly target: string
      readonly readOnly: boolean
      readonly recursive: boolean
      readonly propagation: BindPropagation
      /** What the user calls it: the source of a bind, the key of a volume, undefined for an anonymous one. */
      readonly label: string | undefined
      readonly origin: string | undefined
    }
  /** Folders of an image's layers, laid over each other, read-only. */
  | {
      readonly kind: 'image'
      /** The reference, for errors. */
      readonly image: string
      /** Folders of the host, the lowest first: two at least. */
      readonly folders: readonly string[]
      readonly target: string
      readonly origin: string | undefined
    }
  | {
      readonly kind: 'tmpfs'
      readonly target: string
      readonly sizeBytes: number | undefined
      readonly mode: number | undefined
      /** As written, e.g. `uid=1000`, `exec`. */
      readonly options: readonly string[]
      readonly origin: string | undefined
    }
