import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { type MapNode, stringOf } from '../document/node.ts'
import { entriesAt, errorAt, type Rule, valueAt } from '../rules/rule-context.ts'
import { EXTENSION } from './extension.ts'

/** Reads whether images are built again when their sources have changed. */
export function readRebuild(document: MapNode): 'changed' | undefined {
  return stringOf(entriesAt(document, EXTENSION).get('rebuild')?.value) === 'changed' ? 'changed' : undefined
}

/** `x-tcompose` holds `rebuild: changed`, or `rebuild: missing`, which is the default. */
export const checkExtension: Rule = ({ document }) => {
  const extension = valueAt(document, EXTENSION)
  if (extension === undefined) return []
  if (extension.kind !== 'map') {
    return [errorAt(extension, 'wrong-type', { message: `Cannot use "${EXTENSION}": expected a map` })]
  }
  return [...extension.entries].flatMap(([key, { keySpan, value }]): readonly Diagnostic[] => {
    if (key !== 'rebuild') {
      const hint = suggestOneOf(key, ['rebuild'])
      return [
        errorAt({ span: keySpan }, 'unknown-key', {
          message: `Unknown key "${key}" in "${EXTENSION}"`,
          hint,
        }),
      ]
    }
    const text = stringOf(value)
    if (text === 'changed' || text === 'missing') return []
    return [
      errorAt(value, 'bad-value', {
        message: `Cannot use "${EXTENSION}.rebuild": expected "changed" or "missing"`,
      }),
    ]
  })
}
