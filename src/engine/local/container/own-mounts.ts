import type { Service } from '../../../model/service.ts'
import type { MountSpec } from '../../../oci/runtime-spec.ts'

const DEFAULT_SHM_BYTES = 64 * 1024 * 1024

const SAFE = ['nosuid', 'noexec', 'nodev']

/**
 * Returns what every container has mounted of its own: the kernel's folders, and a /dev that is not the image's. What is in
 * `taken`, the targets of the service's mounts, is left to the service.
 */
export function ownMounts(
  { security, shmSize, ipc }: Pick<Service, 'security' | 'shmSize' | 'ipc'>,
  taken: ReadonlySet<string>,
): readonly MountSpec[] {
  const kernel = security.privileged ? SAFE : [...SAFE, 'ro']
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: SAFE },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: kernel },
    {
      destination: '/sys/fs/cgroup',
      type: 'cgroup',
      source: 'cgroup',
      options: security.writableCgroups === true ? SAFE : kernel,
    },
    ...(taken.has('/dev')
      ? []
      : deviceMounts(
          shmSize ?? DEFAULT_SHM_BYTES,
          withoutShm(ipc) ? new Set([...taken, '/dev/shm']) : taken,
        )),
  ]
}

/** It has none, or that of the host, which is put over the image's files. */
function withoutShm(ipc: Service['ipc']): boolean {
  return ipc?.kind === 'none' || ipc?.kind === 'host'
}

function deviceMounts(shmBytes: number, taken: ReadonlySet<string>): readonly MountSpec[] {
  const shm = [...SAFE, 'mode=1777', `size=${shmBytes}`]
  return [
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=64m'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    ...[
      { destination: '/dev/shm', type: 'tmpfs', source: 'tmpfs', options: shm },
      { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: SAFE },
    ].filter(({ destination }) => !taken.has(destination)),
  ]
}
