import type { Service } from '../../model/service.ts'
import { parseVolumesFrom } from '../../model/volumes-from.ts'
import type { MapNode } from '../document/node.ts'
import { listAtKey } from './read-values.ts'

/** Reads whose volumes a service has too. */
export function readVolumesFrom(service: MapNode): Pick<Service, 'volumesFrom'> {
  const volumesFrom = (listAtKey(service, 'volumes_from') ?? []).flatMap(text => parseVolumesFrom(text) ?? [])
  return volumesFrom.length === 0 ? {} : { volumesFrom }
}
