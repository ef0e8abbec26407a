import type { Diagnostic } from '../../base/diagnostic.ts'
import { parseCdiName } from '../../model/cdi-name.ts'
import { itemsOf, type MapNode, nodeAt, stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** A request for devices says how many or which, not both, and neither nothing. */
export const checkDeviceRequests: Rule = input =>
  eachService(input, (service, name) =>
    [['gpus'], ['deploy', 'resources', 'reservations', 'devices']].flatMap(path =>
      itemsOf(nodeAt(service, path)).flatMap(request =>
        request.kind === 'map' ? checkRequest(request, name) : [],
      ),
    ),
  )

function checkRequest(request: MapNode, name: string): readonly Diagnostic[] {
  return [
    ...checkPair(request, name),
    ...checkCount(request, name),
    ...checkNames(request, name),
    ...checkRequired(request, name),
  ]
}

function checkPair(request: MapNode, name: string): readonly Diagnostic[] {
  const count = request.entries.get('count')
  const ids = request.entries.get('device_ids')
  if (count === undefined || ids === undefined) return []
  return [
    errorAt({ span: count.keySpan }, 'conflicting-keys', {
      message: `A device request of service "${name}" has both "count" and "device_ids", expected one`,
      related: [{ message: '"device_ids" is set here', span: ids.keySpan }],
    }),
  ]
}

/** -1 is all. */
function checkCount(request: MapNode, name: string): readonly Diagnostic[] {
  const count = valueAt(request, 'count')
  const text = textAt(request, 'count')
  if (count === undefined || text === undefined || /^(?:-1|[1-9]\d{0,3})$/.test(text)) return []
  const message = `Cannot use count "${text}" of a device request of service "${name}": expected a number of 1 or more, or "all"`
  return [errorAt(count, 'bad-value', { message })]
}

/** Only a name says which device of which vendor is meant where the driver does not. */
function checkNames(request: MapNode, name: string): readonly Diagnostic[] {
  if (textAt(request, 'driver') !== 'cdi') return []
  const ids = itemsOf(valueAt(request, 'device_ids'))
  if (ids.length === 0) {
    const message = `A device request of service "${name}" with driver "cdi" has no "device_ids"`
    const hint = 'Name the devices, e.g. device_ids: ["vendor.com/class=name"]'
    return [errorAt(request, 'missing-key', { message, hint })]
  }
  return ids.flatMap(id => {
    const text = stringOf(id) ?? ''
    if (parseCdiName(text) !== undefined) return []
    const message = `Cannot use device "${text}" of service "${name}": expected a CDI name, as its driver is "cdi"`
    return [errorAt(id, 'bad-value', { message, hint: 'Write it like vendor.com/class=name' })]
  })
}

function checkRequired(request: MapNode, name: string): readonly Diagnostic[] {
  const required = valueAt(request, 'x-required')
  if (required === undefined || (required.kind === 'scalar' && typeof required.value === 'boolean')) return []
  const message = `Cannot use "x-required" of a device request of service "${name}": expected true or false`
  return [errorAt(required, 'bad-value', { message })]
}
