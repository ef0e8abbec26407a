import type { Service } from '../../model/service.ts'
import { entriesOf, type MapNode } from '../document/node.ts'
import { entriesAt } from '../rules/rule-context.ts'

/** Reads `ulimits` of a service or a build; one number is both limits. */
export function readUlimits(map: MapNode): Service['ulimits'] {
  return new Map(
    [...entriesAt(map, 'ulimits')].flatMap(([name, { value }]) => {
      if (value.kind === 'scalar') {
        const both = Number(value.value)
        return [[name, { soft: both, hard: both }] as const]
      }
      const entries = entriesOf(value)
      const soft = entries.get('soft')?.value
      const hard = entries.get('hard')?.value
      if (value.kind !== 'map' || soft?.kind !== 'scalar' || hard?.kind !== 'scalar') return []
      return [[name, { soft: Number(soft.value), hard: Number(hard.value) }] as const]
    }),
  )
}
