/** One line of a project's events file, as JSON. */
export interface EventRecord {
  /** Milliseconds since the epoch: when it happened, not when it was written. */
  readonly time: number
  readonly action: EventAction
  /** The container's. */
  readonly id: string
  readonly service: string
  readonly number: number
  /**
   * `start`: name. `die`: name, exitCode, and restartAt (milliseconds since the epoch) where the policy starts it again.
   * `restart`: name, count. `health`: name, status.
   */
  readonly attributes: Readonly<Record<string, string>>
}

export type EventAction = 'start' | 'die' | 'restart' | 'health'

/** Returns undefined for a line that is no event, such as one that a crash cut short. */
export function parseEventLine(line: string): EventRecord | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isEventRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isEventRecord(value: unknown): value is EventRecord {
  return typeof value === 'object' && value !== null && 'time' in value && 'action' in value && 'id' in value
}
