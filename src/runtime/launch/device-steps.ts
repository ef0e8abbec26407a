import { posix } from 'node:path'
import type { DeviceSpec } from '../../oci/runtime-spec.ts'
import type { SpecOrigins } from './container-launch.ts'
import { S_IFBLK, S_IFCHR } from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { type StepDetails, step, targetStep } from './launch-steps.ts'

/** Major and minor numbers of the nodes that every container has, mode 0666. */
const NODES: readonly (readonly [string, number, number])[] = [
  ['/dev/null', 1, 3],
  ['/dev/zero', 1, 5],
  ['/dev/full', 1, 7],
  ['/dev/random', 1, 8],
  ['/dev/urandom', 1, 9],
  ['/dev/tty', 5, 0],
]

const LINKS: readonly (readonly [string, string])[] = [
  ['/dev/ptmx', 'pts/ptmx'],
  ['/dev/fd', '/proc/self/fd'],
  ['/dev/stdin', '/proc/self/fd/0'],
  ['/dev/stdout', '/proc/self/fd/1'],
  ['/dev/stderr', '/proc/self/fd/2'],
  ['/dev/core', '/proc/kcore'],
]

/** Places in /dev that a container has of its own, whatever its spec lists. */
const OWN: readonly string[] = [
  ...NODES.map(([path]) => path),
  ...LINKS.map(([path]) => path),
  '/dev/pts',
  '/dev/shm',
  '/dev/mqueue',
]

/** Returns the steps that fill a new /dev: what every container has, and those of `devices` that are in it. */
export function deviceSteps(
  devices: readonly DeviceSpec[],
  origins: SpecOrigins = new Map(),
): readonly LaunchStep[] {
  return [
    ...NODES.map(([path, major, minor]) =>
      step({ op: 'mknod', path, mode: S_IFCHR | 0o666, major, minor }, { purpose: `make device ${path}` }),
    ),
    ...LINKS.map(([path, target]) => step({ op: 'symlink', target, path }, { purpose: `link ${path}` })),
    ...furtherSteps(devices.filter(isInDev), origins),
  ]
}

/** Tells whether a node is made in the /dev of the container; any other is mounted. */
export function isInDev({ path }: DeviceSpec): boolean {
  return path.startsWith('/dev/')
}

/** Nodes rather than binds: a bind would let the container change the owner and mode of the host's node. */
function furtherSteps(devices: readonly DeviceSpec[], origins: SpecOrigins): readonly LaunchStep[] {
  const wanted = devices.filter(({ path }) => !OWN.some(own => path === own || path.startsWith(`${own}/`)))
  const folders = new Set(wanted.map(({ path }) => posix.dirname(path)))
  folders.delete('/dev')
  return [
    ...[...folders].sort().map(folder => targetStep(folder, true)),
    ...wanted.flatMap(device => nodeSteps(device, device.path, nodeDetails(device, origins))),
  ]
}

/** Returns what the making of a node is for. */
export function nodeDetails({ path }: DeviceSpec, origins: SpecOrigins): StepDetails {
  return { purpose: `make device ${path}`, origin: origins.get(`linux.devices.${path}`) }
}

/** Returns the steps that make the node of `device` at `path`. */
export function nodeSteps(device: DeviceSpec, path: string, details: StepDetails): readonly LaunchStep[] {
  const { type, major, minor, fileMode, uid, gid } = device
  const mode = (type === 'b' ? S_IFBLK : S_IFCHR) | fileMode
  return [
    step({ op: 'mknod', path, mode, major, minor }, details),
    ...(uid === 0 && gid === 0 ? [] : [step({ op: 'chown', path, uid, gid }, details)]),
  ]
}
