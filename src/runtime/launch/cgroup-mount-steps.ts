import type { Cgroup, CgroupHost, V1Hierarchy } from '../../linux/cgroup/cgroup.ts'
import { MOUNT_ATTR_RDONLY, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, step } from './launch-steps.ts'
import { SPARE_SLOT } from './slots.ts'

const ROOT = '/sys/fs/cgroup'
const FLAGS = MS_NOSUID | MS_NODEV | MS_NOEXEC

/** A v1 program looks for all of these before it believes in any limit. */
const EXPECTED_CONTROLLERS: readonly string[] = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids']

/** How a container sees control groups. */
export interface CgroupView {
  readonly writable: boolean
  /** It has no control group namespace of its own, so what is mounted is the host's tree. */
  readonly ofHost: boolean
}

/**
 * Returns the steps that show a container its own cgroup and nothing above it: they run in its cgroup namespace. Without
 * one it sees the whole tree of v2, and of v1 its own groups, as with Docker.
 */
export function cgroupMountSteps(
  cgroup: Cgroup,
  host: CgroupHost,
  { writable, ofHost }: CgroupView,
): readonly LaunchStep[] {
  const flags = writable ? FLAGS : FLAGS | MS_RDONLY
  if (host.kind === 'v2') return [mountStep({ type: 'cgroup2', target: ROOT, flags })]
  const shown = host.hierarchies.filter(
    hierarchy =>
      hierarchy.controllers.some(controller => EXPECTED_CONTROLLERS.includes(controller)) ||
      cgroup.folders.some(folder => folder.startsWith(`${hierarchy.mountPoint}/`)),
  )
  return [
    mountStep({ type: 'tmpfs', target: ROOT, flags: FLAGS, data: 'mode=755,size=65536' }),
    ...shown.flatMap(hierarchy => [
      ...hierarchySteps(hierarchy, flags),
      ...(ofHost ? coverSteps(hierarchy, cgroup, writable) : []),
    ]),
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

/** Returns the steps that put the container's own group over the root of `hierarchy`; one that it is not in stays. */
function coverSteps(
  { controllers, mountPoint }: V1Hierarchy,
  { folders }: Cgroup,
  writable: boolean,
): readonly LaunchStep[] {
  const folder = folders.find(path => path.startsWith(`${mountPoint}/`))
  if (folder === undefined) return []
  const target = `${ROOT}/${controllers.join(',')}`
  const details = { purpose: `show the own control group at ${target}` }
  return [
    step(
      {
        op: 'open-tree',
        slot: SPARE_SLOT,
        source: `${target}${folder.slice(mountPoint.length)}`,
        recursive: false,
        attributes: writable ? 0 : MOUNT_ATTR_RDONLY,
        propagation: 0,
      },
      details,
    ),
    step({ op: 'move-tree', slot: SPARE_SLOT, target }, details),
  ]
}
