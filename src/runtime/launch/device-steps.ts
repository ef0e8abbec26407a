import { posix } from 'node:path'
import type { DeviceNode } from '../../linux/list-devices.ts'
import type { ContainerInput } from './container-input.ts'
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_STRICTATIME, S_IFBLK, S_IFCHR } from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, step, targetStep } from './launch-steps.ts'

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

const DEFAULT_SHM_BYTES = 64 * 1024 * 1024

/** Names in /dev that the container has of its own, whatever the host has there. */
const OWN = new Set([
  ...NODES.map(([path]) => path),
  ...LINKS.map(([path]) => path),
  '/dev/pts',
  '/dev/shm',
  '/dev/mqueue',
  '/dev/console',
])

/** Returns the steps that fill /dev; what the service mounts there itself is left to it. */
export function deviceSteps(input: ContainerInput): readonly LaunchStep[] {
  const taken = new Set(input.mounts.map(mount => mount.target))
  if (taken.has('/dev')) return []
  const { security, shmSize } = input.spec.config
  return [
    targetStep('/dev', true),
    mountStep({
      type: 'tmpfs',
      target: '/dev',
      flags: MS_NOSUID | MS_STRICTATIME,
      data: 'mode=755,size=64m',
    }),
    ...NODES.map(([path, major, minor]) =>
      step({ op: 'mknod', path, mode: S_IFCHR | 0o666, major, minor }, { purpose: `make device ${path}` }),
    ),
    ...LINKS.map(([path, target]) => step({ op: 'symlink', target, path }, { purpose: `link ${path}` })),
    ...(security.privileged ? hostDeviceSteps(input.host.devices) : []),
    ...mountPoint('/dev/pts', {
      type: 'devpts',
      flags: MS_NOSUID | MS_NOEXEC,
      data: 'newinstance,ptmxmode=0666,mode=0620,gid=5',
    }),
    ...(taken.has('/dev/shm') ? [] : shmSteps(shmSize ?? DEFAULT_SHM_BYTES)),
    ...(taken.has('/dev/mqueue')
      ? []
      : mountPoint('/dev/mqueue', { type: 'mqueue', flags: MS_NOSUID | MS_NODEV | MS_NOEXEC })),
  ]
}

function shmSteps(bytes: number): readonly LaunchStep[] {
  return mountPoint('/dev/shm', {
    type: 'tmpfs',
    flags: MS_NOSUID | MS_NODEV | MS_NOEXEC,
    data: `mode=1777,size=${bytes}`,
  })
}

function mountPoint(
  target: string,
  mount: { readonly type: string; readonly flags: number; readonly data?: string },
): readonly LaunchStep[] {
  return [
    step({ op: 'mkdir', path: target, mode: 0o755 }, { purpose: `make mount point ${target}` }),
    mountStep({ target, ...mount }),
  ]
}

/** Nodes rather than binds: a bind would let the container change the owner and mode of the host's node. */
function hostDeviceSteps(devices: readonly DeviceNode[]): readonly LaunchStep[] {
  const wanted = devices.filter(
    ({ path }) => ![...OWN].some(own => path === own || path.startsWith(`${own}/`)),
  )
  const folders = new Set(wanted.map(({ path }) => posix.dirname(path)))
  folders.delete('/dev')
  return [
    ...[...folders].sort().map(folder => targetStep(folder, true)),
    ...wanted.flatMap(({ path, kind, major, minor, mode, uid, gid }) => {
      const details = { purpose: `make device ${path}` }
      const type = kind === 'block' ? S_IFBLK : S_IFCHR
      return [
        step({ op: 'mknod', path, mode: type | mode, major, minor }, details),
        ...(uid === 0 && gid === 0 ? [] : [step({ op: 'chown', path, uid, gid }, details)]),
      ]
    }),
  ]
}
