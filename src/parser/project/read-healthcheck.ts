import type { Healthcheck, HealthTest } from '../../model/service.ts'
import { type MapNode, nodeAt } from '../document/node.ts'
import { numberAt } from '../rules/rule-context.ts'
import { readProbeTest } from './read-probe-test.ts'
import { flagAt, mapAtPath, millisAt, textsOf } from './read-values.ts'

/**
 * Reads the health check of a service; `disable: true` is the same as the test `NONE`. What `x-healthcheck` says takes the
 * place of `test`.
 */
export function readHealthcheck(service: MapNode): Healthcheck | undefined {
  const probe = readProbeTest(service)
  const node = nodeAt(service, ['healthcheck'])
  if (node?.kind !== 'map' && probe === undefined) return undefined
  const map = mapAtPath(service, ['healthcheck'])
  return {
    test: flagAt(map, 'disable') === true ? { kind: 'none' } : (probe ?? readTest(map)),
    interval: millisAt(map, 'interval'),
    timeout: millisAt(map, 'timeout'),
    retries: numberAt(map, 'retries'),
    startPeriod: millisAt(map, 'start_period'),
    startInterval: millisAt(map, 'start_interval'),
  }
}

function readTest(map: MapNode): HealthTest | undefined {
  const [kind, ...words] = textsOf(map.entries.get('test')?.value)
  const [command = '', ...parameters] = words
  switch (kind) {
    case undefined:
      return undefined
    case 'NONE':
      return { kind: 'none' }
    case 'CMD':
      return { kind: 'exec', argv: words }
    default:
      return { kind: 'shell', command, ...(parameters.length > 0 && { parameters }) }
  }
}
