import type { ModelPath } from '../../../base/model-path.ts'
import type { DeviceNode } from '../../../linux/list-devices.ts'
import type { DeviceRule } from '../../../model/device-rule.ts'
import type { Service } from '../../../model/service.ts'
import type { ResolvedMount } from '../mount/resolved-mount.ts'
import type { LentInterface } from '../network/lent-interfaces.ts'

/** A device node that a container gets; `path` is where the container has it. */
export interface ContainerNode extends DeviceNode {
  /** What of the document asks for it. */
  readonly origin: ModelPath
  /** It belongs to the user of the container's process, whatever `uid` is. @default false */
  readonly hasUidOfProcess?: true
  /** It belongs to the group of the process, whatever `gid` is. @default false */
  readonly hasGidOfProcess?: true
}

/** A link in a container. */
export interface DeviceLink {
  readonly path: string
  readonly target: string
  readonly origin: ModelPath
}

/** What the devices of a service are on this machine, as of now. */
export interface ContainerDevices {
  readonly nodes: readonly ContainerNode[]
  /** What may be done with devices, beside what every container may. */
  readonly rules: readonly DeviceRule[]
  /** `NAME=value` lines over those of the image and the service. */
  readonly environment: readonly string[]
  /** Groups of every process beside its own. */
  readonly groups: readonly number[]
  /** In place of those of the service at the same targets. */
  readonly mounts: readonly ResolvedMount[]
  readonly links: readonly DeviceLink[]
  /** They leave the host for its network namespace. */
  readonly interfaces: readonly LentInterface[]
  /** Folders of the container in which programs are to find libraries, the first before all others. */
  readonly libraryFolders: readonly string[]
  /** The version of a driver, for images that bring libraries of a newer one. */
  readonly cudaDriver: string | undefined
  /** Which devices it does without, and why. */
  readonly notices: readonly string[]
}

/** What of a service asks for devices. */
export type DeviceWishes = Pick<Service, 'name' | 'devices' | 'deviceRules' | 'deviceRequests'>

/** Tells whether a service asks for any. What finds them is loaded for such a service alone. */
export function asksForDevices({ devices, deviceRules, deviceRequests }: DeviceWishes): boolean {
  return devices !== undefined || deviceRules !== undefined || deviceRequests !== undefined
}

/** A container without devices. */
export const NO_DEVICES: ContainerDevices = {
  nodes: [],
  rules: [],
  environment: [],
  groups: [],
  mounts: [],
  links: [],
  interfaces: [],
  libraryFolders: [],
  cudaDriver: undefined,
  notices: [],
}

/** Returns what a container gets that has all of `parts`; of two nodes or mounts at one path the later one. */
export function joinDevices(parts: readonly ContainerDevices[]): ContainerDevices {
  return {
    nodes: lastOfEach(
      parts.flatMap(({ nodes }) => nodes),
      ({ path }) => path,
    ),
    rules: parts.flatMap(({ rules }) => rules),
    environment: lastOfEach(
      parts.flatMap(({ environment }) => environment),
      line => line.slice(0, line.indexOf('=')),
    ),
    groups: [...new Set(parts.flatMap(({ groups }) => groups))],
    mounts: lastOfEach(
      parts.flatMap(({ mounts }) => mounts),
      ({ mount }) => mount.destination,
    ),
    links: lastOfEach(
      parts.flatMap(({ links }) => links),
      ({ path }) => path,
    ),
    interfaces: parts.flatMap(({ interfaces }) => interfaces),
    libraryFolders: [...new Set(parts.flatMap(({ libraryFolders }) => libraryFolders))],
    cudaDriver: parts.map(({ cudaDriver }) => cudaDriver).find(version => version !== undefined),
    notices: parts.flatMap(({ notices }) => notices),
  }
}

function lastOfEach<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map(item => [keyOf(item), item])).values()]
}
