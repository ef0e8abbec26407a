import { readFileSync } from 'node:fs'
import { namesIn } from '../../../../disk/names-in.ts'
import { removeTree } from '../../../../disk/remove-tree.ts'
import { isAbandoned } from '../../../../disk/temporary-name.ts'
import type { CgroupHost } from '../../../../linux/cgroup/cgroup.ts'
import { detectCgroups } from '../../../../linux/cgroup/detect-cgroups.ts'
import { dissolveCgroup } from '../../../../linux/cgroup/dissolve-cgroup.ts'
import { listCgroups } from '../../../../linux/cgroup/list-cgroups.ts'
import { removeEmptyParents } from '../../../../linux/cgroup/remove-cgroup.ts'
import { removeNetns } from '../../../../linux/netns.ts'
import { endKeeper } from '../../../../runtime/keeper/end-keeper.ts'
import { listNetworkObjects, removeNetworkObject } from '../../network/orphans.ts'
import { instanceTag, type Roots } from '../../state/layout.ts'
import { ownerOfSession, runSessionLayout, runSessionsFolder, sessionOfOwner } from './session-layout.ts'

/**
 * Removes what builds have left that were killed while they ran commands. Costs one look into a folder where none was.
 */
export async function sweepRunSessions(roots: Roots): Promise<void> {
  for (const name of namesIn(runSessionsFolder(roots)).filter(isAbandoned))
    await removeRunSession(roots, name)
}

/** Returns the names of sessions whose process has ended, by what they have on disk or in the kernel. */
export function findAbandonedSessions(roots: Roots): readonly string[] {
  const tag = instanceTag(roots)
  const owners = [
    ...listCgroups(cgroupsOfHost(), tag).map(({ project }) => project),
    ...listNetworkObjects({ tag, run: roots.run }).keys(),
  ]
  const names = [
    ...namesIn(runSessionsFolder(roots)),
    ...owners.flatMap(owner => sessionOfOwner(owner) ?? []),
  ]
  return [...new Set(names)].filter(isAbandoned).sort()
}

/** How long a keeper may take to end after SIGKILL. */
const PATIENCE_MS = 10_000

/**
 * Removes all that a session has, whose process has ended. Its folder comes last, so that it is found again if this is
 * cut short. Others may do the same at the same time.
 *
 * @throws {TcomposeError} `keeper-stalled`, or `cgroup` if a process of it outlives SIGKILL.
 */
export async function removeRunSession(roots: Roots, name: string): Promise<void> {
  const layout = runSessionLayout(roots, name)
  const owner = { tag: instanceTag(roots), project: ownerOfSession(name) }
  const host = cgroupsOfHost()
  await endKeeper(layout.keeperSocket, PATIENCE_MS)
  for (const { project, cgroup } of listCgroups(host, owner.tag))
    if (project === owner.project) await dissolveCgroup(cgroup)
  removeEmptyParents(host, owner)
  for (const object of listNetworkObjects({ ...owner, run: roots.run }).get(owner.project) ?? [])
    removeNetworkObject(owner.tag, object)
  for (const netns of [layout.netns, layout.isolatedNetns]) removeNetns(netns)
  await removeTree(layout.folder)
}

function cgroupsOfHost(): CgroupHost {
  return detectCgroups(path => readFileSync(path, 'utf8'))
}
