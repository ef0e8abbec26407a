import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { sha256Hex } from '../../../base/sha256.ts'
import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { waitForLock } from '../../../disk/flock.ts'
import { makePrivateFolder, readRecord, removeFile, writeVolatileRecord } from '../../../disk/record-file.ts'
import { parseContainerId, parseProjectName } from '../../../model/names.ts'
import { containerLayout, type Roots } from '../state/layout.ts'

const VERSION = 1

/** A container that has the file system of a volume mounted: `PROJECT/ID`. */
export type VolumeUse = string

interface UseRecord {
  readonly version: typeof VERSION
  /** The volume's real name. */
  readonly volume: string
  readonly uses: readonly VolumeUse[]
}

/**
 * Takes the lock under which a volume's file system is mounted and unmounted. A container that mounts it holds it until
 * its live record is written: from then on its use counts, whoever ends.
 */
export async function lockUses(roots: Roots, volume: string): Promise<Disposable> {
  const { lock } = filesOf(roots, volume)
  makePrivateFolder(dirname(lock))
  return await waitForLock(lock)
}

/**
 * Returns which containers use a volume. The caller holds the lock, so that one without a live record is none that is on
 * its way but one that was killed.
 */
export function readUses(roots: Roots, volume: string): readonly VolumeUse[] {
  const record = unlessUnreadable(() => readRecord(filesOf(roots, volume).uses, VERSION))
  return isUseRecord(record) ? record.uses.filter(use => isLive(roots, use)) : []
}

/** Replaces the uses of a volume; without any its files go, the lock included. The caller holds it. */
export function writeUses(roots: Roots, volume: string, uses: readonly VolumeUse[]): void {
  const files = filesOf(roots, volume)
  if (uses.length > 0) {
    const record: UseRecord = { version: VERSION, volume, uses }
    writeVolatileRecord(files.uses, record)
    return
  }
  removeFile(files.uses)
  removeFile(files.lock)
}

function filesOf({ run }: Roots, volume: string): { readonly lock: string; readonly uses: string } {
  const path = `${run}/volumes/${sha256Hex(volume).slice(0, 16)}`
  return { lock: `${path}.lock`, uses: `${path}.json` }
}

function isLive(roots: Roots, use: VolumeUse): boolean {
  const [project = '', id = ''] = use.split('/')
  return existsSync(containerLayout(roots, parseProjectName(project), parseContainerId(id)).live)
}

function isUseRecord(record: object | undefined): record is UseRecord {
  return record !== undefined && 'uses' in record && Array.isArray(record.uses)
}
