import type { ResourceLimits } from '../../model/service.ts'
import { v1BlockIoWrites, v2BlockIoWrites } from './block-io-writes.ts'
import type { LimitWrite } from './limit-write.ts'

/** Microseconds; the kernel's own default, so v1 need not be given it. */
export const CPU_PERIOD = 100_000
/** The kernel takes no quota below a millisecond. */
const MIN_CPU_QUOTA = 1000

/** Returns the writes that limit a fresh v1 cgroup, in an order that the kernel takes. Block devices are numbers. */
export function v1LimitWrites(limits: ResourceLimits): readonly LimitWrite[] {
  const { memory, memoryReservation, memorySwap, cpus, cpuShares, cpuset, pids } = limits
  const { swappiness, oomKillDisabled, cpuRealtime, blockIo } = limits
  const swap = totalSwap(limits)
  return [
    ...when(memory, value => write('memory.limit_in_bytes', value, 'memory')),
    // Not below memory.limit_in_bytes, so it comes second.
    ...when(swap, value => ({
      ...write('memory.memsw.limit_in_bytes', value, 'memorySwap'),
      optional: memorySwap === undefined,
    })),
    ...when(memoryReservation, value => write('memory.soft_limit_in_bytes', value, 'memoryReservation')),
    ...when(cpus, value => write('cpu.cfs_quota_us', cpuQuota(value), 'cpus')),
    ...when(cpuShares, value => write('cpu.shares', value, 'cpuShares')),
    ...when(cpuset, value => write('cpuset.cpus', value, 'cpuset')),
    ...when(pids === -1 ? undefined : pids, value => write('pids.max', value, 'pids')),
    ...when(swappiness, value => write('memory.swappiness', value, 'swappiness')),
    ...when(oomKillDisabled ? 1 : undefined, value => write('memory.oom_control', value, 'oomKillDisabled')),
    ...when(cpuRealtime?.period, value => write('cpu.rt_period_us', value, 'cpuRealtime')),
    ...when(cpuRealtime?.runtime, value => write('cpu.rt_runtime_us', value, 'cpuRealtime')),
    ...(blockIo === undefined ? [] : v1BlockIoWrites(blockIo)),
  ]
}

/** Returns the writes that limit a fresh v2 cgroup, as far as it has a limit. Block devices are numbers. */
export function v2LimitWrites(limits: ResourceLimits): readonly LimitWrite[] {
  const { memory, memoryReservation, memorySwap, cpus, cpuShares, cpuset, pids, blockIo } = limits
  const swap = swapAlone(limits)
  return [
    ...when(memory, value => write('memory.max', value, 'memory')),
    ...when(swap, value => ({
      ...write('memory.swap.max', value, 'memorySwap'),
      optional: memorySwap === undefined,
    })),
    ...when(memoryReservation, value => write('memory.low', value, 'memoryReservation')),
    ...when(cpus, value => write('cpu.max', `${cpuQuota(value)} ${CPU_PERIOD}`, 'cpus')),
    ...when(cpuShares, value => write('cpu.weight', cpuWeight(value), 'cpuShares')),
    ...when(cpuset, value => write('cpuset.cpus', value, 'cpuset')),
    ...when(pids === -1 ? undefined : pids, value => write('pids.max', value, 'pids')),
    ...(blockIo === undefined ? [] : v2BlockIoWrites(blockIo)),
  ]
}

/**
 * Returns the v2 weight, 1 to 10000, of v1 shares, 2 to 262144. The curve meets both ends and gives the normal 1024
 * the normal 100; a straight line would give it 39.
 */
export function cpuWeight(shares: number): number {
  if (shares <= 2) return 1
  if (shares >= 262_144) return 10_000
  const exponent = Math.log2(shares)
  return Math.ceil(10 ** ((exponent * exponent + 125 * exponent) / 612 - 7 / 34))
}

/** Memory plus swap. Docker grants as much swap as memory where the file names memory alone. */
export function totalSwap({ memory, memorySwap }: ResourceLimits): number | undefined {
  return memorySwap ?? (memory === undefined ? undefined : memory * 2)
}

function swapAlone({ memory, memorySwap }: ResourceLimits): number | 'max' | undefined {
  if (memorySwap === -1) return 'max'
  if (memory === undefined) return undefined
  return memorySwap === undefined ? memory : Math.max(0, memorySwap - memory)
}

/** Returns the microseconds of each period that so many CPUs are. */
export function cpuQuota(cpus: number): number {
  return Math.max(MIN_CPU_QUOTA, Math.round(cpus * CPU_PERIOD))
}

/** Every file of a cgroup bears its controller's name before the first dot. */
function write(file: string, value: string | number, limit: LimitWrite['limit']): LimitWrite {
  return { controller: file.slice(0, file.indexOf('.')), file, text: String(value), limit, optional: false }
}

function when<T>(value: T | undefined, make: (value: T) => LimitWrite): readonly LimitWrite[] {
  return value === undefined ? [] : [make(value)]
}
