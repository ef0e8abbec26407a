import { errnoNameOf } from '../../base/errno-name-of.ts'
import { CGROUP_TOP, type Cgroup, type CgroupHost } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'
import { killMember } from './kill-member.ts'
import { thawCgroup } from './thaw-cgroup.ts'

/**
 * Removes a container's control group and returns the folders that are still there because a process lives in them.
 * Waits for nothing: the kernel lets go of a folder when its last process was reaped.
 */
export function removeCgroup(cgroup: Cgroup, files: CgroupFiles = hostCgroupFiles): readonly string[] {
  return cgroup.folders.filter(folder => !removeFolder(folder, files))
}

/** Sends SIGKILL to every process of `cgroup`, those that are forked meanwhile included, and thaws it. */
export function killCgroup(
  cgroup: Cgroup,
  files: CgroupFiles = hostCgroupFiles,
  kill: (pid: number, isMember: () => boolean) => void = killMember,
): void {
  for (const folder of cgroup.folders) {
    if (cgroup.version === 1 || !killsV2(folder, files)) killOneByOne(folder, files, kill)
  }
  thawCgroup(cgroup, files)
}

/**
 * Returns the processes of `cgroup` and of the groups below it. A process is in one group of each v1 hierarchy, and a
 * container's are all in the same one, so one hierarchy is enough.
 */
export function listMembers({ folders }: Cgroup, files: CgroupFiles = hostCgroupFiles): readonly number[] {
  const [folder] = folders
  return folder === undefined ? [] : membersBelow(folder, files)
}

function membersBelow(folder: string, files: CgroupFiles): readonly number[] {
  const below = files.folders(folder).flatMap(name => membersBelow(`${folder}/${name}`, files))
  return [...readMembers(folder, files), ...below]
}

/** Linux has cgroup.kill from 5.14 on. */
function killsV2(folder: string, files: CgroupFiles): boolean {
  try {
    files.write(`${folder}/cgroup.kill`, '1')
    return true
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM'].includes(errnoNameOf(error) ?? '')) return false
    throw error
  }
}

/** Removes the folders of a project, and of the engine, that hold no control group any more. */
export function removeEmptyParents(
  host: CgroupHost,
  owner: { readonly tag: string; readonly project: string },
  files: CgroupFiles = hostCgroupFiles,
): void {
  for (const mountPoint of mountPoints(host)) {
    const top = `${mountPoint}/${CGROUP_TOP}`
    const removed =
      files.rmdir(`${top}/${owner.tag}/${owner.project}`) === 'gone' &&
      files.rmdir(`${top}/${owner.tag}`) === 'gone'
    if (removed) files.rmdir(top)
  }
}

/** Returns the roots of all hierarchies. */
export function mountPoints(host: CgroupHost): readonly string[] {
  return host.kind === 'v2' ? [host.mountPoint] : host.hierarchies.map(({ mountPoint }) => mountPoint)
}

/** A container with a writable cgroup tree may have made folders of its own. */
function removeFolder(folder: string, files: CgroupFiles): boolean {
  if (files.rmdir(folder) === 'gone') return true
  for (const name of files.folders(folder)) removeFolder(`${folder}/${name}`, files)
  return files.rmdir(folder) === 'gone'
}

/** Rounds until nothing is left that was not signalled: a process may fork between the reading and the signal. */
function killOneByOne(
  folder: string,
  files: CgroupFiles,
  kill: (pid: number, isMember: () => boolean) => void,
): void {
  const signalled = new Set<number>()
  for (;;) {
    const members = readMembers(folder, files)
    const fresh = members.filter(pid => !signalled.has(pid))
    if (fresh.length === 0) break
    for (const pid of fresh) {
      kill(pid, () => readMembers(folder, files).includes(pid))
      signalled.add(pid)
    }
  }
  for (const name of files.folders(folder)) killOneByOne(`${folder}/${name}`, files, kill)
}

function readMembers(folder: string, files: CgroupFiles): readonly number[] {
  return (files.read(`${folder}/cgroup.procs`) ?? '')
    .split('\n')
    .filter(line => line !== '' && line !== '0')
    .map(Number)
}
