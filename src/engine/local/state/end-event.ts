import type { ProcessState } from '../../../runtime/keeper/process-files.ts'
import type { EventRecord } from './event-record.ts'

/** The container that an end is of. */
export interface EndedContainerName {
  readonly id: string
  readonly service: string
  readonly number: number
  readonly name: string
}

/** Returns the event of the end of a container that is not started again. */
export function endEvent(
  { id, service, number, name }: EndedContainerName,
  { process, exit: { exitCode, finishedAt } }: Extract<ProcessState, { kind: 'ended' }>,
): EventRecord {
  const seconds = Math.floor(Math.max(0, finishedAt - (process?.startedAt ?? finishedAt)) / 1000)
  const attributes = { name, execDuration: String(seconds), exitCode: String(exitCode) }
  return { time: finishedAt, action: 'die', id, service, number, attributes }
}
