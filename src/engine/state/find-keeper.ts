import { readdirSync } from 'node:fs'
import { isLivingKeeper } from './is-kept.ts'
import { readProcessStat, readText } from './process-stat.ts'

/** Returns the pid of the keeper that holds the lock at `lockPath`, found by its command line; undefined if none lives. */
export function findKeeper(lockPath: string): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find(pid => Number.isInteger(pid) && isKeeperOf(pid, lockPath))
}

/** Tells whether `pid` is the keeper that holds the lock at `lockPath`, and not a child of it that is about to exec. */
export function isKeeperOf(pid: number, lockPath: string): boolean {
  const stat = readProcessStat(pid)
  if (stat === undefined || !isLivingKeeper(stat)) return false
  if (!readText(`/proc/${pid}/cmdline`).includes(`\0--lock\0${Buffer.from(lockPath).toString('latin1')}\0`))
    return false
  const parent = readProcessStat(stat.parentPid)
  return parent === undefined || !isLivingKeeper(parent)
}
