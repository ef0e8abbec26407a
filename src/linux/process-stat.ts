import { constants, readFileSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { readSmallFile } from './small-file.ts'

/** What the kernel says of a process in /proc/<pid>/stat. */
export interface ProcessStat {
  /** At most 15 bytes; a process chooses it. */
  readonly name: string
  /** One letter; Z and X are dead. */
  readonly state: string
  readonly parentPid: number
  /** It has begun to exit: none of its own code runs any more. */
  readonly isExiting: boolean
  /** Clock ticks since boot. */
  readonly startTime: number
}

/** PF_EXITING of linux/sched.h. */
const EXITING = 0x4

/**
 * Returns undefined if no process has `pid`.
 *
 * proc(5): the name in field 2 may hold spaces and brackets, so fields are counted from the last bracket.
 */
export function readProcessStat(pid: number): ProcessStat | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  const end = stat.lastIndexOf(')')
  if (end < 0) return undefined
  const fields = stat.slice(end + 2).split(' ', 20)
  return {
    name: stat.slice(stat.indexOf('(') + 1, end),
    state: fields[0] ?? 'X',
    parentPid: Number(fields[1]),
    isExiting: (Number(fields[6]) & EXITING) !== 0,
    startTime: Number(fields[19]),
  }
}

/** Returns the bytes of a file, one to a character; none if it or its process has ended. */
export function readText(path: string): string {
  const small = readSmallFile(path, constants.O_RDONLY, 'latin1')
  if (small !== undefined) return small.text ?? ''
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    if (ABSENT.has(errnoNameOf(error) ?? '')) return ''
    throw error
  }
}

/** A process may end between open and read, which fails with ESRCH. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ESRCH'])

/** Tells whether the process lives that had `pid` and `startTime`. A zombie is dead: nothing of it runs. */
export function isAlive(pid: number, startTime: number): boolean {
  const stat = readProcessStat(pid)
  return stat !== undefined && isSameRun(stat, startTime)
}

/** Tells whether `stat` is of the process that started at `wanted`, and it lives. */
export function isSameRun({ state, startTime }: ProcessStat, wanted: number): boolean {
  return state !== 'Z' && state !== 'X' && startTime === wanted
}
