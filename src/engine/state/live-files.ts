import type { HealthRecord, LiveRecord, RestartRecord } from './live-record.ts'
import type { PidRecord } from './process-files.ts'
import { readRecord } from './record-file.ts'

/**
 * Returns the live record at `path`, or undefined if there is none: the container is being removed, or never ran.
 *
 * @throws {TcomposeError} `state-corrupt`, `state-version`.
 */
export function readLiveRecord(path: string): LiveRecord | undefined {
  const record: unknown = readRecord(path, 1)
  return isLiveRecord(record) ? record : undefined
}

/**
 * Returns what is known of the health of `run`, a process of the container. A record about an earlier run of the
 * container says nothing of this one.
 *
 * @throws {TcomposeError} `state-corrupt`, `state-version`.
 */
export function readHealthRecord(path: string, run: PidRecord): HealthRecord {
  const record: unknown = readRecord(path, 1)
  if (isHealthRecord(record) && record.runStartedAt === run.startedAt) return record
  return { version: 1, status: 'starting', failingStreak: 0, log: [], runStartedAt: run.startedAt }
}

/**
 * Returns the restarts that the policy made since the container was last started by a command.
 *
 * @throws {TcomposeError} `state-corrupt`, `state-version`.
 */
export function readRestartRecord(path: string): RestartRecord {
  const record: unknown = readRecord(path, 1)
  return isRestartRecord(record) ? { ...NO_RESTARTS, ...record } : NO_RESTARTS
}

const NO_RESTARTS: RestartRecord = { version: 1, count: 0, nextAt: undefined, delayMs: 0 }

function isLiveRecord(value: unknown): value is LiveRecord {
  return hasFields(value, {
    id: 'string',
    name: 'string',
    service: 'string',
    endpoints: 'object',
    restart: 'object',
  })
}

function isHealthRecord(value: unknown): value is HealthRecord {
  return hasFields(value, {
    status: 'string',
    failingStreak: 'number',
    log: 'object',
    runStartedAt: 'number',
  })
}

function isRestartRecord(value: unknown): value is RestartRecord {
  return hasFields(value, { count: 'number' })
}

function hasFields(value: unknown, types: Readonly<Record<string, string>>): boolean {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  return Object.entries(types).every(([name, type]) => typeof fields.get(name) === type)
}
