import { type ModelPath, servicePath } from '../../base/model-path.ts'
import { type DeviceRequest, isGpuVendor } from '../../model/device-request.ts'
import { itemsOf, type MapNode, nodeAt } from '../document/node.ts'
import { numberAt, textAt } from '../rules/rule-context.ts'
import { flagAt, listAtKey, textsByKey } from './read-values.ts'

const RESERVED = ['deploy', 'resources', 'reservations', 'devices'] as const

/**
 * Reads what the service `name` asks for in `gpus`, then in `deploy`. What is in `gpus` is a GPU. Without either,
 * `runtime: nvidia` asks for those that NVIDIA_VISIBLE_DEVICES names.
 */
export function readDeviceRequests(service: MapNode, name: string): readonly DeviceRequest[] {
  const requests = explicitRequests(service, name)
  return requests.length === 0 ? runtimeRequests(service, name) : requests
}

function explicitRequests(service: MapNode, name: string): readonly DeviceRequest[] {
  return [
    ...itemsOf(nodeAt(service, ['gpus'])).flatMap((item, index) =>
      item.kind === 'map' ? [readRequest(item, servicePath(name, 'gpus', index), ['gpu'])] : [],
    ),
    ...itemsOf(nodeAt(service, RESERVED)).flatMap((item, index) =>
      item.kind === 'map' ? [readRequest(item, servicePath(name, ...RESERVED, index), [])] : [],
    ),
  ]
}

/** The runtime of that name gives a container the GPUs that the variable says: all, none, or a list. */
function runtimeRequests(service: MapNode, name: string): readonly DeviceRequest[] {
  if (textAt(service, 'runtime') !== 'nvidia') return []
  const visible = textsByKey(service, 'environment').get('NVIDIA_VISIBLE_DEVICES') ?? 'all'
  if (['', 'none', 'void'].includes(visible)) return []
  return [
    {
      driver: 'nvidia',
      capabilities: ['gpu'],
      count: 'all',
      ids: visible === 'all' ? [] : visible.split(','),
      required: true,
      origin: servicePath(name, 'runtime'),
    },
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
