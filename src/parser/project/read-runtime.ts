import { parseIsolation } from '../../model/isolation.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'

/** Reads which OCI runtime a service asks for. `nvidia` asks for GPUs, which need none. */
export function readRuntime(service: MapNode): Pick<Service, 'runtime' | 'isolation'> {
  const runtime = textAt(service, 'runtime')
  const isolation = parseIsolation(textAt(service, 'x-isolation'))
  return {
    ...(runtime && runtime !== 'nvidia' && { runtime }),
    ...(isolation && { isolation }),
  }
}
