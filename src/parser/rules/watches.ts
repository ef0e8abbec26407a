import type { Diagnostic } from '../../base/diagnostic.ts'
import { itemsOf, type MapNode, nodeAt } from '../document/node.ts'
import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** Actions that copy nothing into the container. */
const WITHOUT_TARGET: ReadonlySet<string> = new Set(['rebuild', 'restart'])

/** A watch rule says what it watches, where to it copies, and what it runs. */
export const checkWatches: Rule = input =>
  eachService(input, (service, name) =>
    itemsOf(nodeAt(service, ['develop', 'watch'])).flatMap(rule => {
      if (rule.kind !== 'map') return []
      const found = [emptyPath(rule, name), emptyExec(rule, name), missingTarget(rule, name)]
      return found.filter(problem => problem !== undefined).slice(0, 1)
    }),
  )

function emptyPath(rule: MapNode, name: string): Diagnostic | undefined {
  const path = valueAt(rule, 'path')
  if (path === undefined || (textAt(rule, 'path') ?? '').trim() !== '') return undefined
  return errorAt(path, 'bad-value', { message: `A watch rule of service "${name}" has an empty "path"` })
}

/** An empty map is no command at all: docker compose prints it for every rule. */
function emptyExec(rule: MapNode, name: string): Diagnostic | undefined {
  const exec = valueAt(rule, 'exec')
  if (exec?.kind !== 'map' || exec.entries.size === 0 || exec.entries.has('command')) return undefined
  return errorAt(exec, 'missing-key', { message: `A watch rule of service "${name}" has no "exec.command"` })
}

function missingTarget(rule: MapNode, name: string): Diagnostic | undefined {
  const action = textAt(rule, 'action')
  if (action === undefined || WITHOUT_TARGET.has(action) || (textAt(rule, 'target') ?? '') !== '')
    return undefined
  return errorAt(rule, 'missing-key', {
    message: `A watch rule of service "${name}" has no "target", which action "${action}" copies to`,
    hint: 'Add "target:" with a path in the container',
  })
}
