import type { Diagnostic } from '../../base/diagnostic.ts'
import { itemsOf, type MapNode, type Node, nodeAt } from '../document/node.ts'
import { eachService, errorAt, numberAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** Limits of block devices name a device by its path, weights lie within 10 and 1000. */
export const checkBlockIo: Rule = input =>
  eachService(input, (service, name) => {
    const config = valueAt(service, 'blkio_config')
    if (config?.kind !== 'map') return []
    const devices = LISTS.flatMap(key => itemsOf(valueAt(config, key))).flatMap(item =>
      item.kind === 'map' ? [item] : [],
    )
    return [
      ...weightProblem(valueAt(config, 'weight'), name),
      ...devices.flatMap(item => [
        ...pathProblem(item, name),
        ...weightProblem(nodeAt(item, ['weight']), name),
        ...rateProblem(item, name),
      ]),
    ]
  })

const LISTS = [
  'weight_device',
  'device_read_bps',
  'device_write_bps',
  'device_read_iops',
  'device_write_iops',
] as const

function weightProblem(node: Node | undefined, name: string): readonly Diagnostic[] {
  if (node?.kind !== 'scalar' || node.value === null) return []
  const weight = Number(node.value)
  if (weight === 0 || (weight >= 10 && weight <= 1000)) return []
  const message = `Cannot use a weight of ${node.value} for the block devices of service "${name}": expected 10 to 1000`
  return [errorAt(node, 'bad-value', { message })]
}

function pathProblem(item: MapNode, name: string): readonly Diagnostic[] {
  const path = textAt(item, 'path') ?? ''
  if (path.startsWith('/')) return []
  const at = valueAt(item, 'path') ?? item
  const message =
    path === ''
      ? `A limit of block devices of service "${name}" has no "path"`
      : `Cannot limit device "${path}" of service "${name}": expected an absolute path, such as "/dev/sda"`
  return [errorAt(at, path === '' ? 'missing-key' : 'bad-value', { message })]
}

function rateProblem(item: MapNode, name: string): readonly Diagnostic[] {
  const rate = numberAt(item, 'rate')
  const at = valueAt(item, 'rate')
  if (at === undefined || rate === undefined || rate >= 0) return []
  const message = `Cannot limit a device of service "${name}" to ${rate}: expected 0 or more`
  return [errorAt(at, 'bad-value', { message })]
}
