import type { ExtraHost } from '../../model/extra-host.ts'
import type { MapNode } from '../document/node.ts'
import { listAtKey } from './read-values.ts'

/** Reads `extra_hosts` of a service or a build from its normal form, `host=address`. */
export function readExtraHosts(map: MapNode): readonly ExtraHost[] {
  return (listAtKey(map, 'extra_hosts') ?? []).map(line => {
    const equals = line.indexOf('=')
    return { host: line.slice(0, equals), address: line.slice(equals + 1) }
  })
}
