import type { ResourceLimits } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { numberAt, textAt } from '../rules/rule-context.ts'
import { readBlockIo } from './read-block-io.ts'
import { bytesAt, flagAt, mapAtPath } from './read-values.ts'

/** The CFS period that a quota is counted against when the file names none, in microseconds. */
const DEFAULT_PERIOD_US = 100_000

/** Reads the limits of a service; those of `deploy` and their short twins are one. */
export function readLimits(service: MapNode): ResourceLimits {
  const limits = mapAtPath(service, ['deploy', 'resources', 'limits'])
  const reservations = mapAtPath(service, ['deploy', 'resources', 'reservations'])
  return {
    memory: bytesAt(service, 'mem_limit') ?? bytesAt(limits, 'memory'),
    memoryReservation: bytesAt(service, 'mem_reservation') ?? bytesAt(reservations, 'memory'),
    memorySwap: textAt(service, 'memswap_limit') === '-1' ? -1 : bytesAt(service, 'memswap_limit'),
    cpus: readCpus(service, limits),
    cpuShares: positive(numberAt(service, 'cpu_shares')),
    cpuset: textAt(service, 'cpuset'),
    pids: nonZero(numberAt(service, 'pids_limit') ?? numberAt(limits, 'pids')),
    ...readRareLimits(service),
  }
}

/** The kernel's period where the file names none: sched_rt_period_us of sched(7). */
const DEFAULT_REALTIME_PERIOD_US = 1_000_000

function readRareLimits(
  service: MapNode,
): Pick<ResourceLimits, 'blockIo' | 'cpuRealtime' | 'swappiness' | 'oomKillDisabled'> {
  const blockIo = readBlockIo(service)
  const runtime = positive(numberAt(service, 'cpu_rt_runtime'))
  const period = positive(numberAt(service, 'cpu_rt_period'))
  const swappiness = numberAt(service, 'mem_swappiness')
  return {
    ...(blockIo && { blockIo }),
    ...((runtime ?? period) !== undefined && {
      cpuRealtime: { runtime: runtime ?? 0, period: period ?? DEFAULT_REALTIME_PERIOD_US },
    }),
    ...(swappiness !== undefined && { swappiness }),
    ...(flagAt(service, 'oom_kill_disable') === true && { oomKillDisabled: true }),
  }
}

function readCpus(service: MapNode, limits: MapNode): number | undefined {
  const quota = positive(numberAt(service, 'cpu_quota'))
  if (quota !== undefined) return quota / (positive(numberAt(service, 'cpu_period')) ?? DEFAULT_PERIOD_US)
  return positive(numberAt(service, 'cpus') ?? numberAt(limits, 'cpus'))
}

/** 0 means no limit. */
function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}

function nonZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value
}
