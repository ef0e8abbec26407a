import { TcomposeError } from '../../base/tcompose-error.ts'
import type { CgroupHost, V1Hierarchy } from './cgroup.ts'

/** Options of a v1 mount that are no controllers. */
const MOUNT_OPTIONS = new Set(['rw', 'ro', 'noprefix', 'clone_children', 'xattr', 'cpuset_v2_mode'])

/**
 * Reads which control groups the host has, from the mounts that this process sees.
 *
 * @param read Returns the text of a file.
 * @throws {TcomposeError} `cgroup` if none is mounted.
 */
export function detectCgroups(read: (path: string) => string): CgroupHost {
  const mounts = read('/proc/self/mountinfo').split('\n').flatMap(parseMount)
  const hierarchies = mounts.flatMap(hierarchyOf)
  if (hierarchies.length > 0) return { kind: 'v1', hierarchies: firstOfEach(hierarchies) }
  const unified = mounts.find(mount => mount.type === 'cgroup2')
  if (unified === undefined) {
    throw new TcomposeError('cgroup', 'Cannot limit containers: no control groups are mounted', {
      hint: 'Mount them: mount -t cgroup2 cgroup2 /sys/fs/cgroup',
    })
  }
  return { kind: 'v2', mountPoint: unified.mountPoint }
}

interface Mount {
  readonly mountPoint: string
  readonly type: string
  readonly superOptions: readonly string[]
}

/** proc_pid_mountinfo(5): fields up to a lone `-`, then type, source and the filesystem's own options. */
function parseMount(line: string): readonly Mount[] {
  const [before = '', after = ''] = line.split(' - ')
  const mountPoint = before.split(' ')[4]
  const [type, , options] = after.split(' ')
  if (mountPoint === undefined || type === undefined || options === undefined) return []
  return [{ mountPoint: unescapeOctal(mountPoint), type, superOptions: options.split(',') }]
}

function hierarchyOf({ mountPoint, type, superOptions }: Mount): readonly V1Hierarchy[] {
  if (type !== 'cgroup') return []
  const controllers = superOptions.filter(option => !MOUNT_OPTIONS.has(option) && !option.includes('='))
  return controllers.length === 0 ? [] : [{ mountPoint, controllers }]
}

/** A hierarchy may be mounted more than once; the first place serves. */
function firstOfEach(hierarchies: readonly V1Hierarchy[]): readonly V1Hierarchy[] {
  const seen = new Set<string>()
  return hierarchies.filter(({ controllers }) => {
    const fresh = !controllers.some(controller => seen.has(controller))
    for (const controller of controllers) seen.add(controller)
    return fresh
  })
}

function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
