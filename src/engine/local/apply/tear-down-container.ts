import { removeFile } from '../../../disk/record-file.ts'
import { containerCgroupOf } from '../container/container-cgroup.ts'
import { hasBlockRates } from '../container/has-block-rates.ts'
import { heldPrefix } from '../network/held-sockets.ts'
import { hostInterfacesOf } from '../network/host-interfaces.ts'
import { containerLayout } from '../state/layout.ts'
import { readLiveRecord, setLiveRecordAside } from '../state/live-files.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'
import { unmountVolumesOf } from './container-volumes.ts'
import { endContainer } from './end-container.ts'
import { SIGKILL } from './end-process.ts'

/** What is left to the next flush of the removals. */
export interface TornDown {
  /** Rejects with a `TcomposeError` for what stays. */
  readonly gone: Promise<void>
}

/**
 * Removes what a container that is to end has in the kernel: its processes, if any are left, network namespace and held
 * sockets now; its interfaces and control group with the next flush of the removals. The order lets each be found again
 * if this is cut short: the live record, which names them, is set aside last, and `onGone` is called then. Doing it twice
 * is no failure. Returns the promise of the rest.
 */
export async function tearDownContainer(
  context: ApplyContext,
  entry: ContainerEntry,
  onGone: () => void = () => {},
): Promise<TornDown> {
  const { roots, tag, project, host, network } = context
  context.tornDown.delete(entry.id)
  const layout = containerLayout(roots, project, entry.id)
  const live = readLiveRecord(layout.live)
  const keeper = await context.runningKeeper()
  const cgroup = containerCgroupOf(host.cgroups, {
    tag,
    project,
    id: entry.id,
    parent: entry.spec.config.cgroupParent,
  })
  // A command that was cut short may have left a process that the record does not know of.
  const ending = { signal: SIGKILL, graceMs: 0 }
  await endContainer(
    {
      id: entry.id,
      name: entry.spec.name,
      layout,
      cgroup,
      keeper,
      hasRates: hasBlockRates(entry.spec.config),
    },
    ending,
  )
  if (keeper?.hasEnded === false) await keeper.release(heldPrefix(entry.id))
  network.removeNetns(layout.netns)
  await unmountVolumesOf(roots, { project, entry })
  const { launch, launchInput, renewedDevices, healthLaunch, health, restarts, memoryKills, paused } = layout
  const ofTheRun = [launch, launchInput, renewedDevices, healthLaunch, health, restarts, memoryKills, paused]
  for (const file of ofTheRun) removeFile(file)
  context.addresses.release(entry.id)
  context.ports.remove(entry.id)
  const gone = context.removals.add({
    owner: `container "${entry.spec.name}"`,
    interfaces: { bridges: [], endpoints: hostInterfacesOf(live) },
    cgroup,
    onGone: () => {
      setLiveRecordAside(layout)
      onGone()
    },
  })
  return { gone }
}
