import type { Volume } from '../../model/volume.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'
import { flagAt, textsByKey } from './read-values.ts'

/** Reads a volume from its normal form. */
export function readVolume(key: string, map: MapNode): Volume {
  return {
    key,
    name: textAt(map, 'name') ?? key,
    external: flagAt(map, 'external') ?? false,
    labels: textsByKey(map, 'labels'),
  }
}
