import type { Volume } from '../../model/volume.ts'
import type { VolumeOptions } from '../../model/volume-options.ts'
import type { MapNode } from '../document/node.ts'
import { textAt, valueAt } from '../rules/rule-context.ts'
import { flagAt, textsByKey } from './read-values.ts'

/** Reads a volume from its normal form. */
export function readVolume(key: string, map: MapNode): Volume {
  const options = readOptions(map)
  return {
    key,
    name: textAt(map, 'name') ?? key,
    external: flagAt(map, 'external') ?? false,
    labels: textsByKey(map, 'labels'),
    ...(options && { options }),
  }
}

function readOptions(volume: MapNode): VolumeOptions | undefined {
  const options = valueAt(volume, 'driver_opts')
  if (options?.kind !== 'map' || options.entries.size === 0) return undefined
  const o = textAt(options, 'o') ?? ''
  return {
    type: textAt(options, 'type') ?? '',
    device: textAt(options, 'device') ?? '',
    ...(o !== '' && { o }),
  }
}
