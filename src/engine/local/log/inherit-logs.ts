import { existsSync, renameSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { fullLogNumbers } from './log-files.ts'

/** Returns the number that the last file of the log at `path` has once another container has it; 0 without a log. */
export function lastInherited(path: string): number {
  const last = fullLogNumbers(path).at(-1) ?? 0
  return existsSync(path) ? last + 1 : last
}

/**
 * Makes the files of the log at `from`, to which nobody writes, the first ones of the log at `to`: `last`, of
 * `lastInherited`, is the number of the one that was written to. May be called again when it was cut short.
 */
export function inheritLogs(from: string, to: string, last: number): void {
  for (const number of fullLogNumbers(from)) {
    for (const end of ['', '.gz']) moveUnlessThere(`${from}.${number}${end}`, `${to}.${number}${end}`)
  }
  moveUnlessThere(from, `${to}.${last}`)
}

function moveUnlessThere(from: string, to: string): void {
  if (existsSync(to)) return
  try {
    renameSync(from, to)
  } catch (error) {
    if (errnoNameOf(error) !== 'ENOENT') throw error
  }
}
