import { damagedRecord } from '../../../disk/damaged-record.ts'
import { readRecord, writeSharedRecord } from '../../../disk/record-file.ts'
import type { VolumeOptions } from '../../../model/volume-options.ts'
import type { Roots } from '../state/layout.ts'
import { volumeLayout } from './volume-layout.ts'

const VERSION = 1

/** What is kept of a volume. */
export interface VolumeRecord {
  readonly version: typeof VERSION
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Who made it; undefined for an anonymous one, and for one of an earlier version. */
  readonly project?: string
  /** What is mounted as the volume. @default nothing: it is a folder */
  readonly options?: VolumeOptions
}

/** Returns undefined if there is no such volume. @throws {TcomposeError} `state-corrupt` or `state-version`. */
export function readVolumeRecord(roots: Roots, name: string): VolumeRecord | undefined {
  const path = volumeLayout(roots, name).record
  const record = readRecord(path, VERSION)
  if (record === undefined || isVolumeRecord(record)) return record
  throw damagedRecord(path, 'a field is missing or of the wrong type, expected a record of a volume')
}

/** Makes the volume's folder too. */
export function writeVolumeRecord(roots: Roots, record: Omit<VolumeRecord, 'version'>): void {
  writeSharedRecord(volumeLayout(roots, record.name).record, { version: VERSION, ...record })
}

function isVolumeRecord(value: object): value is VolumeRecord {
  const hasName = 'name' in value && typeof value.name === 'string'
  const hasTime = 'createdAt' in value && typeof value.createdAt === 'number'
  return hasName && hasTime && 'labels' in value && value.labels instanceof Map
}
