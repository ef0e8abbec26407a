import type { Diagnostic } from '../../base/diagnostic.ts'
import { itemsOf, type Node, stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** The key of bind mounts, and of a whole file, that is tcompose's own. */
export const IDMAP = 'x-idmap'

/** What it may say: files belong to who runs tcompose. */
export const MATCH_USER = 'match-user'

/** `x-idmap` is for bind mounts, alone or all of a file. */
export const checkOwnerMapping: Rule = input => {
  const all = valueAt(input.document, IDMAP)
  return [
    ...(all === undefined ? [] : checkValue(all)),
    ...eachService(input, (service, name) =>
      itemsOf(valueAt(service, 'volumes')).flatMap(mount => {
        const value = mount.kind === 'map' ? valueAt(mount, IDMAP) : undefined
        if (mount.kind !== 'map' || value === undefined) return []
        if (textAt(mount, 'type') === 'bind') return checkValue(value)
        const message = `Cannot use "${IDMAP}" in service "${name}": it is for bind mounts only`
        return [errorAt(value, 'conflicting-keys', { message, hint: `Remove "${IDMAP}"` })]
      }),
    ),
  ]
}

function checkValue(value: Node): readonly Diagnostic[] {
  if (stringOf(value) === MATCH_USER) return []
  return [errorAt(value, 'bad-value', { message: `Cannot use "${IDMAP}": expected "${MATCH_USER}"` })]
}
