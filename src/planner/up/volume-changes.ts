import type { ObservedState, ObservedVolume } from '../../model/observed-state.ts'
import type { Volume } from '../../model/volume.ts'
import type { VolumeChange } from '../change.ts'
import type { DesiredState } from '../desired-state.ts'

/** Returns the volumes that do not exist under their name, or not wholly, by key. One that exists is never changed. */
export function volumeChanges(
  desired: DesiredState,
  observed: ObservedState,
): ReadonlyMap<string, VolumeChange> {
  return new Map(
    [...desired.volumes].flatMap(([key, wanted]) => {
      const old = observed.volumes.get(key)
      if (old?.name === wanted.volume.name && old.intact) return []
      return [[key, { kind: 'create-volume', wanted, cause: causeOfCreation(wanted.volume, old) }]]
    }),
  )
}

function causeOfCreation(volume: Volume, old: ObservedVolume | undefined): string {
  if (old === undefined) return 'not found'
  return old.name === volume.name ? 'not intact' : `renamed: ${old.name} and its data stay`
}

/** Returns a warning for each volume that the file has changed and that stays as it is. */
export function keptVolumeWarnings(desired: DesiredState, observed: ObservedState): readonly string[] {
  return [...desired.volumes].flatMap(([key, { volume, configHash }]) => {
    const old = observed.volumes.get(key)
    if (!old?.intact || old.name !== volume.name || old.configHash === configHash) return []
    return [
      `Volume ${key} keeps its old configuration and its data: the file has changed it, but ${old.name} exists; to recreate it, remove it with "down --volumes"`,
    ]
  })
}
