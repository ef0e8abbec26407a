import { existsSync } from 'node:fs'
import { removeCgroup } from '../cgroup/remove-cgroup.ts'
import { containerLayout } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { removeFile } from '../state/record-file.ts'
import { containerCgroupOf } from './container-cgroup.ts'
import { endProcessNow } from './end-process.ts'
import type { ExecutionContext } from './execution-context.ts'
import { heldPrefix } from './held-sockets.ts'

/**
 * Removes what a container that is to end has in the kernel: its process, if one is left, network namespace,
 * interfaces, held sockets, control group. The order lets each be found again if this is cut short: the live record, which names them,
 * goes last. Doing it twice is no failure.
 */
export async function tearDownContainer(context: ExecutionContext, entry: ContainerEntry): Promise<void> {
  const { roots, tag, project, host } = context
  const layout = containerLayout(roots, project, entry.id)
  const live = readLiveRecord(layout.live)
  const keeper = await context.runningKeeper()
  // A command that was cut short may have left a process that the record does not know of.
  if (keeper !== undefined) await endProcessNow(keeper, entry.id)
  await keeper?.release(heldPrefix(entry.id))
  if (live !== undefined || existsSync(layout.netns)) {
    await context.disconnects.disconnect({ netnsPath: layout.netns, endpoints: live?.endpoints ?? [] })
  }
  removeCgroup(containerCgroupOf(host.cgroups, { tag, project, id: entry.id }))
  for (const file of [layout.launch, layout.healthLaunch, layout.health, layout.restarts, layout.live])
    removeFile(file)
  context.addresses.release(entry.id)
  context.ports.remove(entry.id)
}
