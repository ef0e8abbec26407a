import { existsSync } from 'node:fs'
import { type Cgroup, type CgroupHost, type CgroupOwner, cgroupFolder } from '../../../linux/cgroup/cgroup.ts'
import { mountPoints } from '../../../linux/cgroup/remove-cgroup.ts'

/** Returns the control group that a container has on this host: the folders of it that are there. */
export function containerCgroupOf(host: CgroupHost, owner: CgroupOwner): Cgroup {
  const folders = mountPoints(host).map(mountPoint => cgroupFolder(mountPoint, owner))
  return { version: host.kind === 'v2' ? 2 : 1, folders: folders.filter(folder => existsSync(folder)) }
}
