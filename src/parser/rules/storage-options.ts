import { parseBytes } from '../../base/bytes.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { MapNode } from '../document/node.ts'
import { eachService, entriesAt, errorAt, type Rule, textAt } from './rule-context.ts'

/** `storage_opt` has a size, and nothing else. */
export const checkStorageOptions: Rule = input =>
  eachService(input, (service, name) =>
    [...entriesAt(service, 'storage_opt')].flatMap(([key, { keySpan, value }]) => {
      if (key === 'size') return isSize(service) ? [] : [wrongSize(value, name)]
      const message = `Cannot use option "${key}" of "storage_opt" of service "${name}": containers have no such option`
      return [errorAt({ span: keySpan }, 'bad-value', { message, hint: 'The only one is "size"' })]
    }),
  )

function isSize(service: MapNode): boolean {
  const options = service.entries.get('storage_opt')?.value
  const text = options?.kind === 'map' ? textAt(options, 'size') : undefined
  try {
    parseBytes(text ?? '')
    return true
  } catch {
    return false
  }
}

function wrongSize(at: Parameters<typeof errorAt>[0], name: string): Diagnostic {
  const message = `Cannot use "storage_opt.size" of service "${name}": it is no size, expected one such as "10g"`
  return errorAt(at, 'bad-value', { message })
}
