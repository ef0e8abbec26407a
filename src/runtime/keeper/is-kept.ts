import { type ProcessStat, readProcessStat } from '../../linux/process-stat.ts'

/** What the keeper calls itself; native/keeper.c. */
const KEEPER_NAME = 'tc-keeper'

/**
 * Tells whether `parentPid`, the parent of a container's main process, is a keeper that lives. The kernel gives the
 * children of one that ended another parent, and a keeper that is started later does not become that.
 */
export function isKept(parentPid: number): boolean {
  const parent = readProcessStat(parentPid)
  return parent !== undefined && isLivingKeeper(parent)
}

/** Tells whether the process is a keeper that has not begun to exit. */
export function isLivingKeeper({ name, state, isExiting }: ProcessStat): boolean {
  return name === KEEPER_NAME && !isExiting && state !== 'Z' && state !== 'X'
}
