import { existsSync, writeFileSync } from 'node:fs'
import { removeFile } from '../../../disk/record-file.ts'
import type { RestartPolicy } from '../../../model/service.ts'
import type { ContainerLayout } from './layout.ts'

/**
 * Notes that a container runs and is to run again after a reboot, which nothing in the run folder survives. One without
 * a restart policy is not.
 */
export function markWanted({ wanted }: Pick<ContainerLayout, 'wanted'>, { kind }: RestartPolicy): void {
  if (kind !== 'no') writeFileSync(wanted, '', { mode: 0o600 })
}

/** Notes that a container was stopped, or has ended and is not started again by its policy. */
export function unmarkWanted({ wanted }: Pick<ContainerLayout, 'wanted'>): void {
  removeFile(wanted)
}

/** Tells whether a container ran, or was about to be started again, when it was last heard of. */
export function isWanted({ wanted }: Pick<ContainerLayout, 'wanted'>): boolean {
  return existsSync(wanted)
}
