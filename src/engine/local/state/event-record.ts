import { join } from 'node:path'
import type { ProjectLayout } from './layout.ts'

/** One line of a project's events file, as JSON. */
export interface EventRecord {
  /** Milliseconds since the epoch: when it happened, not when it was written. */
  readonly time: number
  readonly action: EventAction
  /** The container's; empty, as is the service, for what is about the whole project. */
  readonly id: string
  readonly service: string
  readonly number: number
  /**
   * `start`: name. `die`: name, exitCode; restartAt (milliseconds since the epoch) where the policy starts it again; oomKilled
   * (`true`) where the kernel ended it for lack of memory, and process, the name of what it killed, as far as its log tells.
   * `start` by a restart policy: restartCount and restartReason, too. `restart`, of a policy: name, count. `health`: name,
   * status. `firewall`: found, which is `missing` or `altered`; it was restored. All others: name, image; oneOff (`true`) of a
   * container that `run` has made; `kill`: signal, its number; `resize`: height, width; `commit`: imageID, imageRef, comment;
   * `exec_create`, `exec_start`: execID, command; `exec_die`: execID, exitCode.
   */
  readonly attributes: Readonly<Record<string, string>>
}

export type EventAction =
  | ('start' | 'die' | 'restart' | 'health' | 'firewall')
  | ('create' | 'destroy' | 'stop' | 'kill' | 'pause' | 'unpause')
  /** `restarted`: by a command. */
  | ('restarted' | 'attach' | 'detach' | 'resize' | 'exec_create' | 'exec_start' | 'exec_die')
  | ('archive-path' | 'extract-to-dir' | 'export' | 'commit' | 'top')

/**
 * Returns the path of a project's events: `EventRecord` lines, appended. A full file moves to `<path>.1` and a new one
 * begins, so a reader that follows it opens the path again when the inode changes.
 */
export function eventsPath({ runDir }: Pick<ProjectLayout, 'runDir'>): string {
  return join(runDir, 'events')
}

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
