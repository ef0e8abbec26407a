import { readFileSync } from 'node:fs'
import { isAlive } from '../linux/process-stat.ts'

let count = 0

/**
 * Returns a name for something that this process is making beside its final place. It shows who makes it, so that a
 * later run can see that its maker is gone.
 */
export function temporaryName(): string {
  count += 1
  return `tmp-${process.pid}-${ownStartTime()}-${count}`
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
