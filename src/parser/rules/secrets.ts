import type { Diagnostic } from '../../base/diagnostic.ts'
import { nearest } from '../../base/nearest.ts'
import type { MapNode } from '../document/node.ts'
import { entriesAt, errorAt, type Rule, type RuleInput } from './rule-context.ts'

/** A secret or config takes its content from one place. */
export const checkSecrets: Rule = input => [
  ...checkSection(input, { section: 'secrets', noun: 'Secret', sources: ['file', 'environment'] }),
  ...checkSection(input, { section: 'configs', noun: 'Config', sources: ['file', 'environment', 'content'] }),
]

interface Section {
  readonly section: string
  readonly noun: string
  readonly sources: readonly string[]
}

function checkSection({ document }: RuleInput, { section, noun, sources }: Section): readonly Diagnostic[] {
  return [...entriesAt(document, section)].flatMap(([name, { keySpan, value }]) => {
    if (value.kind !== 'map' || isExternal(value) || value.entries.has('driver')) return []
    const found = sources.filter(source => value.entries.has(source))
    if (found.length === 1 || (found.length === 0 && hasMisspeltSource(value, sources))) return []
    const state = found.length === 0 ? 'has no content' : `takes its content from ${found.join(' and ')}`
    return [
      errorAt({ span: keySpan }, 'conflicting-keys', {
        message: `${noun} "${name}" ${state}, expected one of ${sources.join(', ')}`,
      }),
    ]
  })
}

/** `external: false` says what is so anyway. The deprecated map with a name is external too. */
function isExternal(map: MapNode): boolean {
  const external = map.entries.get('external')?.value
  return external !== undefined && !(external.kind === 'scalar' && external.value === false)
}

/** The schema check has reported the key; the missing content is its consequence. */
function hasMisspeltSource(map: MapNode, sources: readonly string[]): boolean {
  return [...map.entries.keys()].some(key => nearest(key, sources).length > 0)
}
