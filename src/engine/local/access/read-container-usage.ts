import { totalmem } from 'node:os'
import type { Cgroup } from '../../../linux/cgroup/cgroup.ts'
import { hostCgroupFiles } from '../../../linux/cgroup/cgroup-files.ts'
import { readBlockTraffic, sumBlockTraffic } from '../../../linux/cgroup/read-block-io.ts'
import { readUsage } from '../../../linux/cgroup/read-usage.ts'
import { listMembers } from '../../../linux/cgroup/remove-cgroup.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import type { ContainerUsage } from '../../container-access.ts'
import { containerLayout } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { LiveEndpoint } from '../state/live-record.ts'
import type { ContainerPlace } from './pause-container.ts'

/** Returns what the processes of a container use at this moment; undefined for one that does not run. Reads files only. */
export function readContainerUsage(place: Omit<ContainerPlace, 'host'>): ContainerUsage | undefined {
  const layout = containerLayout(place.roots, place.project, place.container)
  const live = readLiveRecord(layout.live)
  if (live === undefined || readProcessState(layout).kind !== 'running') return undefined
  const cgroup: Cgroup = { version: live.cgroups.length === 1 ? 2 : 1, folders: live.cgroups }
  const takenAtNs = Number(process.hrtime.bigint())
  const { memoryBytes = 0, memoryLimitBytes, cpuNs = 0, pids = 0 } = readUsage(cgroup)
  const machine = totalmem()
  return {
    takenAtNs,
    cpuNs,
    memoryBytes,
    memoryLimitBytes: Math.min(memoryLimitBytes ?? machine, machine),
    pids,
    network: trafficOf(live.endpoints),
    block: readBlockTraffic(cgroup) ?? sumBlockTraffic(listMembers(cgroup)),
  }
}

/** What one end of a veth pair sends, the other receives; the host's end can be read without entering the namespace. */
function trafficOf(endpoints: readonly LiveEndpoint[]): ContainerUsage['network'] {
  const total = (file: string): number =>
    endpoints.reduce(
      (sum, { hostInterface }) =>
        sum + Number(hostCgroupFiles.read(`/sys/class/net/${hostInterface}/statistics/${file}`) ?? 0),
      0,
    )
  return { received: total('tx_bytes'), sent: total('rx_bytes') }
}
