import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { parseMillis } from '../../base/millis.ts'
import { nearest } from '../../base/nearest.ts'
import type { MapNode, Node } from '../document/node.ts'
import { EXTENSION } from '../project/extension.ts'
import { entriesAt, errorAt, type Rule, type RuleInput, valueAt } from './rule-context.ts'

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
    const command = valueAt(value, EXTENSION)
    const found = sources.filter(source => value.entries.has(source))
    const all = command === undefined ? found : [...found, `${EXTENSION}.command`]
    const problems = command === undefined ? [] : checkCommand(command)
    if (all.length === 1 || (all.length === 0 && hasMisspeltSource(value, sources))) return problems
    const state = all.length === 0 ? 'has no content' : `takes its content from ${all.join(' and ')}`
    return [
      ...problems,
      errorAt({ span: keySpan }, 'conflicting-keys', {
        message: `${noun} "${name}" ${state}, expected one of ${sources.join(', ')}`,
      }),
    ]
  })
}

/** `x-tcompose` of a secret holds a command, and maybe how long that may take. */
function checkCommand(extension: Node): readonly Diagnostic[] {
  const command = extension.kind === 'map' ? valueAt(extension, 'command') : undefined
  if (extension.kind !== 'map' || command === undefined) {
    const message = `Cannot use "${EXTENSION}": expected a map with "command"`
    return [errorAt(extension, 'missing-key', { message, hint: 'e.g. command: ["pass", "show", "db"]' })]
  }
  const unknown = [...extension.entries].filter(([key]) => !COMMAND_KEYS.includes(key))
  const words = command.kind === 'list' ? command.items : []
  const isWrong = words.length === 0 || words.some(word => word.kind !== 'scalar' || word.value === null)
  const timeout = valueAt(extension, 'timeout')
  return [
    ...unknown.map(([key, { keySpan }]) =>
      errorAt({ span: keySpan }, 'unknown-key', {
        message: `Unknown key "${key}" in "${EXTENSION}"`,
        hint: suggestOneOf(key, COMMAND_KEYS),
      }),
    ),
    ...(isWrong
      ? [errorAt(command, 'wrong-type', { message: 'Cannot use "command": expected a list of words' })]
      : []),
    ...(timeout === undefined || isDuration(timeout)
      ? []
      : [
          errorAt(timeout, 'bad-value', { message: 'Cannot use "timeout": expected a duration such as 10s' }),
        ]),
  ]
}

const COMMAND_KEYS = ['command', 'timeout']

function isDuration(node: Node): boolean {
  try {
    return node.kind === 'scalar' && parseMillis(String(node.value)) > 0
  } catch {
    return false
  }
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
