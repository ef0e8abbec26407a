import type { BlockIoLimits, DeviceRate, RateKind } from '../../model/block-io.ts'
import { itemsOf, type MapNode } from '../document/node.ts'
import { numberAt, textAt, valueAt } from '../rules/rule-context.ts'

/** The lists of `blkio_config`, and what each limits. */
const RATES: readonly (readonly [string, RateKind])[] = [
  ['device_read_bps', 'read-bytes'],
  ['device_write_bps', 'write-bytes'],
  ['device_read_iops', 'read-operations'],
  ['device_write_iops', 'write-operations'],
]

/** Reads `blkio_config`; undefined where it limits nothing. A zero is no limit. */
export function readBlockIo(service: MapNode): BlockIoLimits | undefined {
  const config = valueAt(service, 'blkio_config')
  if (config?.kind !== 'map') return undefined
  const weight = numberAt(config, 'weight') ?? 0
  const weightOfDevices = itemsAt(config, 'weight_device').flatMap(item => {
    const weight = numberAt(item, 'weight') ?? 0
    return weight === 0 ? [] : [{ path: textAt(item, 'path') ?? '', weight }]
  })
  const rates = RATES.flatMap(([key, kind]) => itemsAt(config, key).flatMap(item => rateOf(item, kind)))
  if (weight === 0 && weightOfDevices.length === 0 && rates.length === 0) return undefined
  return { ...(weight !== 0 && { weight }), weightOfDevices, rates }
}

function rateOf(item: MapNode, kind: RateKind): readonly DeviceRate[] {
  const rate = numberAt(item, 'rate') ?? 0
  return rate === 0 ? [] : [{ kind, path: textAt(item, 'path') ?? '', rate }]
}

function itemsAt(map: MapNode, key: string): readonly MapNode[] {
  return itemsOf(valueAt(map, key)).flatMap(item => (item.kind === 'map' ? [item] : []))
}
