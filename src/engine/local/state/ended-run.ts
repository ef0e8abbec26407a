import type { RestartPolicy } from '../../../model/service.ts'
import type { PidRecord } from '../../../runtime/keeper/process-files.ts'
import type { ContainerLayout } from './layout.ts'
import { readHealthRecord } from './live-files.ts'
import type { LiveRecord } from './live-record.ts'

/** A run of a container that is over, and the policy that decides what follows. */
export interface EndedRun {
  readonly process: PidRecord | undefined
  readonly policy: RestartPolicy
  /** It was unhealthy, and is started again for that; it did not work, however long it ran. */
  readonly isUnhealthy: boolean
}

/** Returns what is known of a run that has ended. */
export function endedRun(
  layout: Pick<ContainerLayout, 'health'>,
  { restart, onUnhealthy }: Pick<LiveRecord, 'restart' | 'onUnhealthy'>,
  process: PidRecord | undefined,
): EndedRun {
  const isUnhealthy =
    onUnhealthy?.kind === 'restart' &&
    process !== undefined &&
    readHealthRecord(layout.health, process).status === 'unhealthy'
  return { process, policy: isUnhealthy ? { kind: 'always' } : restart, isUnhealthy }
}
