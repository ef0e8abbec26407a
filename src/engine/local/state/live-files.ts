import { renameSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { damagedRecord, unlessUnreadable } from '../../../disk/damaged-record.ts'
import { readRecord, writeVolatileRecord } from '../../../disk/record-file.ts'
import type { PidRecord } from '../../../runtime/keeper/process-files.ts'
import type { ContainerLayout } from './layout.ts'
import type { HealthRecord, LiveDevices, LiveRecord, RestartRecord } from './live-record.ts'

/**
 * Returns the live record at `path`, or undefined if there is none: the container is being removed, or never ran. The
 * next start writes it, so one that cannot be read counts as none.
 */
export function readLiveRecord(path: string): LiveRecord | undefined {
  return unlessUnreadable(() => requireSoundLiveRecord(path))
}

/**
 * Does `readLiveRecord` for those who act on its absence.
 *
 * @throws {TcomposeError} `state-corrupt`, `state-version`.
 */
export function requireSoundLiveRecord(path: string): LiveRecord | undefined {
  const record: unknown = readRecord(path, 1)
  if (record === undefined || isLiveRecord(record)) return record
  throw damagedRecord(path, 'a field is missing or of the wrong type')
}

/** Leaves a container without a live record: what it had in the kernel is gone. Doing it twice is no failure. */
export function setLiveRecordAside({ live, halted }: Pick<ContainerLayout, 'live' | 'halted'>): void {
  try {
    renameSync(live, halted)
  } catch (error) {
    if (errnoNameOf(error) !== 'ENOENT') throw error
  }
}

/**
 * Returns what is known of the health of `run`, a process of the container. A record about an earlier run of the
 * container says nothing of this one, and one that cannot be read says nothing at all.
 */
export function readHealthRecord(path: string, run: PidRecord): HealthRecord {
  const record: unknown = unlessUnreadable(() => readRecord(path, 1))
  if (isHealthRecord(record) && record.runStartedAt === run.startedAt) return record
  return { version: 1, status: 'starting', failingStreak: 0, log: [], runStartedAt: run.startedAt }
}

/** Returns what `writeRenewedDevices` has written; undefined where it has not, or it cannot be read. */
export function readRenewedDevices(path: string): LiveDevices | undefined {
  const record: unknown = unlessUnreadable(() => readRecord(path, 1))
  return isLiveDevices(record) ? record : undefined
}

/** Keeps what the devices of a container bring for its further processes, once its restart policy has looked at them. */
export function writeRenewedDevices(path: string, { environment, groups }: LiveDevices): void {
  writeVolatileRecord(path, { version: 1, environment, groups })
}

function isLiveDevices(value: unknown): value is LiveDevices {
  return hasFields(value, { environment: 'object', groups: 'object' })
}

/**
 * Returns the restarts that the policy made since the container was last started by a command; none if the record cannot
 * be read.
 */
export function readRestartRecord(path: string): RestartRecord {
  const record: unknown = unlessUnreadable(() => readRecord(path, 1))
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
