import type { Cgroup, CgroupHost, V1Hierarchy } from '../../linux/cgroup/cgroup.ts'
import { MOUNT_ATTR_RDONLY, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, step } from './launch-steps.ts'

const ROOT = '/sys/fs/cgroup'
const FLAGS = MS_NOSUID | MS_NODEV | MS_NOEXEC

/** A v1 program looks for all of these before it believes in any limit. */
const EXPECTED_CONTROLLERS: readonly string[] = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids']

/**
 * Returns the steps that show a container its own cgroup and nothing above it: they run in its cgroup namespace.
 */
export function cgroupMountSteps(cgroup: Cgroup, host: CgroupHost, writable: boolean): readonly LaunchStep[] {
  const flags = writable ? FLAGS : FLAGS | MS_RDONLY
  if (host.kind === 'v2') return [mountStep({ type: 'cgroup2', target: ROOT, flags })]
  const shown = host.hierarchies.filter(
    hierarchy =>
      hierarchy.controllers.some(controller => EXPECTED_CONTROLLERS.includes(controller)) ||
      cgroup.folders.some(folder => folder.startsWith(`${hierarchy.mountPoint}/`)),
  )
  return [
    mountStep({ type: 'tmpfs', target: ROOT, flags: FLAGS, data: 'mode=755,size=65536' }),
    ...shown.flatMap(hierarchy => hierarchySteps(hierarchy, flags)),
    // The mount points are made, so nothing more is to be written.
    ...(writable
      ? []
      : [
          step(
            { op: 'set-mount-attributes', path: ROOT, attributes: MOUNT_ATTR_RDONLY },
            { purpose: `make ${ROOT} read-only` },
          ),
        ]),
  ]
}

function hierarchySteps({ controllers }: V1Hierarchy, flags: number): readonly LaunchStep[] {
  const name = controllers.join(',')
  const target = `${ROOT}/${name}`
  const links = controllers.length > 1 ? controllers : []
  return [
    step({ op: 'mkdir', path: target, mode: 0o755 }, { purpose: `make mount point ${target}` }),
    mountStep({ type: 'cgroup', target, flags, data: name }),
    ...links.map(controller =>
      step(
        { op: 'symlink', target: name, path: `${ROOT}/${controller}` },
        { purpose: `link ${ROOT}/${controller}` },
      ),
    ),
  ]
}
