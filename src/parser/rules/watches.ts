import { itemsOf, nodeAt } from '../document/node.ts'
import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** Actions that copy nothing into the container. */
const WITHOUT_TARGET: ReadonlySet<string> = new Set(['rebuild', 'restart'])

/** A watch rule says what it watches, and where to it copies. */
export const checkWatches: Rule = input =>
  eachService(input, (service, name) =>
    itemsOf(nodeAt(service, ['develop', 'watch'])).flatMap(rule => {
      if (rule.kind !== 'map') return []
      const path = valueAt(rule, 'path')
      const action = textAt(rule, 'action')
      if (path !== undefined && (textAt(rule, 'path') ?? '').trim() === '') {
        return [
          errorAt(path, 'bad-value', { message: `A watch rule of service "${name}" has an empty "path"` }),
        ]
      }
      const exec = valueAt(rule, 'exec')
      if (exec?.kind === 'map' && exec.entries.size > 0 && !exec.entries.has('command')) {
        return [
          errorAt(exec, 'missing-key', {
            message: `A watch rule of service "${name}" has no "exec.command"`,
          }),
        ]
      }
      if (action === undefined || WITHOUT_TARGET.has(action) || (textAt(rule, 'target') ?? '') !== '')
        return []
      return [
        errorAt(rule, 'missing-key', {
          message: `A watch rule of service "${name}" has no "target", which action "${action}" copies to`,
          hint: 'Add "target:" with a path in the container',
        }),
      ]
    }),
  )
