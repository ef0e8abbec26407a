import { type ModelPath, servicePath } from '../../base/model-path.ts'
import { type DeviceRequest, isGpuVendor } from '../../model/device-request.ts'
import { itemsOf, type MapNode, nodeAt } from '../document/node.ts'
import { numberAt, textAt } from '../rules/rule-context.ts'
import { flagAt, listAtKey } from './read-values.ts'

const RESERVED = ['deploy', 'resources', 'reservations', 'devices'] as const

/** Reads what the service `name` asks for in `gpus`, then in `deploy`. What is in `gpus` is a GPU. */
export function readDeviceRequests(service: MapNode, name: string): readonly DeviceRequest[] {
  return [
    ...itemsOf(nodeAt(service, ['gpus'])).flatMap((item, index) =>
      item.kind === 'map' ? [readRequest(item, servicePath(name, 'gpus', index), ['gpu'])] : [],
    ),
    ...itemsOf(nodeAt(service, RESERVED)).flatMap((item, index) =>
      item.kind === 'map' ? [readRequest(item, servicePath(name, ...RESERVED, index), [])] : [],
    ),
  ]
}

function readRequest(request: MapNode, origin: ModelPath, implied: readonly string[]): DeviceRequest {
  const driver = textAt(request, 'driver') ?? ''
  const count = numberAt(request, 'count') ?? -1
  return {
    driver: driver === 'cdi' || isGpuVendor(driver) ? driver : undefined,
    capabilities: [...new Set([...implied, ...(listAtKey(request, 'capabilities') ?? [])])],
    count: count < 0 ? 'all' : count,
    ids: listAtKey(request, 'device_ids') ?? [],
    required: flagAt(request, 'x-required') ?? true,
    origin,
  }
}
