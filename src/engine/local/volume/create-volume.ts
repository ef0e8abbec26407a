import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import type { AbsolutePath } from '../../../base/absolute-path.ts'
import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import type { Roots } from '../state/layout.ts'
import { volumeLayout } from './volume-layout.ts'
import { readVolumeRecord, type VolumeRecord, writeVolumeRecord } from './volume-record.ts'

/**
 * Makes a volume and returns the folder that containers see. One that exists keeps its record and its content; one
 * whose making was cut short is completed, and a record that cannot be read is replaced.
 *
 * @throws {TcomposeError} `volume` if the name is none.
 */
export function createVolume(roots: Roots, volume: Omit<VolumeRecord, 'version'>): AbsolutePath {
  const { data } = volumeLayout(roots, volume.name)
  const known = unlessUnreadable(() => readVolumeRecord(roots, volume.name))
  if (known === undefined) writeVolumeRecord(roots, volume)
  if (lstatSync(data, { throwIfNoEntry: false }) === undefined) {
    mkdirSync(data)
    chmodSync(data, 0o755)
  }
  return data
}
