import { existsSync } from 'node:fs'
import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { readRegularFile } from '../../../disk/regular-file.ts'
import { writeAtomic } from '../../../disk/write-atomic.ts'
import { isFrozen } from '../../../linux/cgroup/thaw-cgroup.ts'
import type { ContainerLayout } from './layout.ts'

type PauseMark = Pick<ContainerLayout, 'paused'>

/**
 * Tells whether a container is paused: the mark names the folder of the control group that it was to be frozen in, and the
 * kernel says whether that is so.
 */
export function isPaused(layout: PauseMark): boolean {
  const folder = unlessUnreadable(() => readRegularFile(layout.paused))
  return folder !== undefined && isFrozen(folder.trim())
}

/** Tells whether a container may be frozen: the mark comes before the freeze, and outlives it. */
export function isMarkedPaused({ paused }: PauseMark): boolean {
  return existsSync(paused)
}

/** Notes that a container is about to be frozen, in the control group `folder`. */
export function markPaused({ paused }: PauseMark, folder: string): void {
  writeAtomic(paused, `${folder}\n`)
}
