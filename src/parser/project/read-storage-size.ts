import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { bytesAt, mapAtPath } from './read-values.ts'

/** Reads `size` of `storage_opt`; 0 is no limit. */
export function readStorageSize(service: MapNode): Pick<Service, 'storageSize'> {
  const size = bytesAt(mapAtPath(service, ['storage_opt']), 'size')
  return size === undefined || size === 0 ? {} : { storageSize: size }
}
