import { itemsOf, nodeAt } from '../document/node.ts'
import { eachService, errorAt, type Rule } from './rule-context.ts'

/** A request for devices says how many or which, not both. */
export const checkDeviceRequests: Rule = input =>
  eachService(input, (service, name) =>
    [['gpus'], ['deploy', 'resources', 'reservations', 'devices']].flatMap(path =>
      itemsOf(nodeAt(service, path)).flatMap(request => {
        const count = request.kind === 'map' ? request.entries.get('count') : undefined
        const ids = request.kind === 'map' ? request.entries.get('device_ids') : undefined
        if (count === undefined || ids === undefined) return []
        return [
          errorAt({ span: count.keySpan }, 'conflicting-keys', {
            message: `A device request of service "${name}" has both "count" and "device_ids", expected one`,
            related: [{ message: '"device_ids" is set here', span: ids.keySpan }],
          }),
        ]
      }),
    ),
  )
