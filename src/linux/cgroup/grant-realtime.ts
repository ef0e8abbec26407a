import { posix } from 'node:path'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import type { ResourceLimits } from '../../model/service.ts'
import type { CgroupFiles } from './cgroup-files.ts'

/** The hierarchy of the cpu controller, version 1. */
interface Hierarchy {
  readonly mountPoint: string
  readonly files: CgroupFiles
}

const SECOND_US = 1_000_000

/**
 * Gives the groups above `folder` as much real-time as the groups below them have and `wanted` on top, for the kernel gives a
 * group no more than is left of its parent's (sched-rt-group in the kernel's documentation). Where the root has too little left, the
 * write to `folder` fails.
 */
export function grantRealtime(
  folder: string,
  { runtime, period }: NonNullable<ResourceLimits['cpuRealtime']>,
  hierarchy: Hierarchy,
): void {
  const missing = Math.ceil((runtime * SECOND_US) / period) - realtimeOf(folder, hierarchy)
  if (missing > 0) makeRoom(posix.dirname(folder), missing, hierarchy)
}

/** Raises what `folder` has, so that its groups may have `more` microseconds of each second than they have together. */
function makeRoom(folder: string, more: number, hierarchy: Hierarchy): void {
  if (folder === hierarchy.mountPoint) return
  const { files } = hierarchy
  const groups = files.folders(folder).map(name => realtimeOf(`${folder}/${name}`, hierarchy))
  const own = realtimeOf(folder, hierarchy)
  const needed = groups.reduce((sum, value) => sum + value, more)
  if (needed <= own) return
  makeRoom(posix.dirname(folder), needed - own, hierarchy)
  const period = Number(files.read(`${folder}/cpu.rt_period_us`) ?? SECOND_US)
  try {
    files.write(`${folder}/cpu.rt_runtime_us`, String(Math.ceil((needed * period) / SECOND_US)))
  } catch (error) {
    // There is too little left above; the write to the group itself says so.
    if (errnoNameOf(error) !== 'EINVAL') throw error
  }
}

/** Returns microseconds of each second; -1 in the file is no limit. */
function realtimeOf(folder: string, { files }: Hierarchy): number {
  const runtime = Number(files.read(`${folder}/cpu.rt_runtime_us`) ?? 0)
  const period = Number(files.read(`${folder}/cpu.rt_period_us`) ?? SECOND_US)
  return runtime < 0 ? Number.POSITIVE_INFINITY : (runtime * SECOND_US) / period
}

/** Gives back what a group has that is to be removed: the kernel counts it as used for some time after its folder is gone. */
export function returnRealtime(folder: string, files: CgroupFiles): void {
  const file = `${folder}/cpu.rt_runtime_us`
  if (Number(files.read(file) ?? 0) === 0) return
  try {
    files.write(file, '0')
  } catch (error) {
    // It has a real-time process that was not reaped yet.
    if (!['EBUSY', 'ENOENT', 'ENODEV'].includes(errnoNameOf(error) ?? '')) throw error
  }
}
