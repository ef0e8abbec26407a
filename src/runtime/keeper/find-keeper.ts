import { readdirSync } from 'node:fs'
import { readProcessStat, readText } from '../../linux/process-stat.ts'
import { isLivingKeeper } from './is-kept.ts'

/** Returns the pid of the keeper whose socket or lock is at `path`, found by its command line; undefined if none lives. */
export function findKeeper(path: string): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find(pid => Number.isInteger(pid) && isKeeperOf(pid, path))
}

/** Tells whether `pid` is the keeper whose socket or lock is at `path`, and not a child of it before its exec. */
export function isKeeperOf(pid: number, path: string): boolean {
  const stat = readProcessStat(pid)
  if (stat === undefined || !isLivingKeeper(stat)) return false
  if (!readText(`/proc/${pid}/cmdline`).includes(`\0${Buffer.from(path).toString('latin1')}\0`)) return false
  const parent = readProcessStat(stat.parentPid)
  return parent === undefined || !isLivingKeeper(parent)
}
