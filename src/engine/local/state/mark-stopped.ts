import { writeFileSync } from 'node:fs'
import { isDiskFull } from '../../../base/is-disk-full.ts'
import { makePrivateFolder, removeFile } from '../../../disk/record-file.ts'
import type { ContainerLayout } from './layout.ts'
import { unmarkWanted } from './wanted-mark.ts'

/**
 * Has the restart policy leave a container alone from here on, so that its end is final, after a reboot too. Where the disk has no space
 * for the mark, the live record is removed: the supervisor starts nothing again that has none.
 */
export function markStopped(layout: ContainerLayout): void {
  leaveMark(layout, () => makePrivateFolder(layout.runDir))
}

/** `markStopped` for a container that runs: fails with ENOENT where it was removed meanwhile, and brings no folder back. */
export function markRunningStopped(layout: ContainerLayout): void {
  leaveMark(layout, () => {})
}

function leaveMark({ stopped, live, wanted }: ContainerLayout, prepare: () => void): void {
  unmarkWanted({ wanted })
  try {
    prepare()
    writeFileSync(stopped, '', { mode: 0o600 })
  } catch (error) {
    if (!isDiskFull(error)) throw error
    removeFile(live)
  }
}
