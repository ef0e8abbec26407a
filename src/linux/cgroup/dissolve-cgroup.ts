import { setTimeout as delay } from 'node:timers/promises'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Cgroup } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'
import { returnRealtime } from './grant-realtime.ts'
import { killCgroup, listMembers, removeCgroup } from './remove-cgroup.ts'

/** How long processes may take to leave after SIGKILL. */
const PATIENCE_MS = 10_000
const LOOK_MS = 10

/**
 * Removes a container's control group; a process that is left in it is killed. Resolves when the folders are gone.
 *
 * @throws {TcomposeError} `cgroup` if one stays, with the processes in it.
 */
export async function dissolveCgroup(
  cgroup: Cgroup,
  files: CgroupFiles = hostCgroupFiles,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  if (cgroup.version === 1) for (const folder of cgroup.folders) returnRealtime(folder, files)
  // Most are empty; the thorough removal finds what keeps the others.
  let left: readonly string[] = cgroup.folders.filter(folder => files.rmdir(folder) === 'busy')
  const deadline = performance.now() + patienceMs
  while (left.length > 0) {
    const rest = { ...cgroup, folders: left }
    killCgroup(rest, files)
    left = removeCgroup(rest, files)
    if (left.length === 0) return
    if (performance.now() > deadline) throw stays(left, listMembers({ ...cgroup, folders: left }, files))
    await delay(LOOK_MS)
  }
}

function stays([folder = '']: readonly string[], pids: readonly number[]): TcomposeError {
  const who = pids.length === 0 ? 'it is in use' : `process ${pids.join(', ')} is still in it after SIGKILL`
  return new TcomposeError('cgroup', `Cannot remove control group ${folder}: ${who}`, {
    hint: `See what is in it with "cat ${folder}/cgroup.procs", then run the command again`,
  })
}
