import { readFileSync } from 'node:fs'
import { isAlive } from '../linux/process-stat.ts'

let count = 0

/** A process, by its pid and field 22 of its stat in proc(5). */
export interface Maker {
  readonly pid: number
  readonly startTime: bigint | string
}

/**
 * Returns a name for something that `maker`, this process by default, is making beside its final place or has taken away from
 * there. It shows whose it is, so that a later run can see that its maker is gone.
 */
export function temporaryName(maker: Maker = { pid: process.pid, startTime: ownStartTime() }): string {
  count += 1
  return `tmp-${maker.pid}-${maker.startTime}-${count}`
}

/** Tells whether `name` is a temporary one whose maker has ended. */
export function isAbandoned(name: string): boolean {
  return isMakerAlive(name) === false
}

/** Tells whether `name` is a temporary one whose maker still runs: it is not for others to remove. */
export function isInTheMaking(name: string): boolean {
  return isMakerAlive(name) === true
}

/** Undefined if `name` is no temporary one. */
function isMakerAlive(name: string): boolean | undefined {
  const match = /^tmp-(\d+)-(\d+)-\d+$/.exec(name)
  return match === null ? undefined : isAlive(Number(match[1]), Number(match[2]))
}

/** Field 22 of proc(5)'s stat, counted from behind the command's name, which may hold blanks. */
function ownStartTime(): string {
  const stat = readFileSync('/proc/self/stat', 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0'
}
