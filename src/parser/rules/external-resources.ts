import type { Diagnostic } from '../../base/diagnostic.ts'
import { entriesAt, errorAt, type Rule, type RuleInput, valueAt } from './rule-context.ts'

/** What is made elsewhere is only named here. */
export const checkExternalResources: Rule = input => [
  ...checkSection(input, 'networks', 'Network'),
  ...checkSection(input, 'volumes', 'Volume'),
  ...checkSection(input, 'secrets', 'Secret'),
  ...checkSection(input, 'configs', 'Config'),
  ...['networks', 'volumes', 'secrets', 'configs'].flatMap(section => twoNames(input, section)),
]

/** The old form `external: {name: x}` beside another `name`. */
function twoNames({ document }: RuleInput, section: string): readonly Diagnostic[] {
  return [...entriesAt(document, section)].flatMap(([key, { value }]) => {
    const external = value.kind === 'map' ? valueAt(value, 'external') : undefined
    if (value.kind !== 'map' || external?.kind !== 'map') return []
    const old = valueAt(external, 'name')
    const name = valueAt(value, 'name')
    if (old === undefined || name === undefined) return []
    return [
      errorAt(old, 'conflicting-keys', {
        message: `"external.name" of ${section} "${key}" differs from its "name", expected only "name"`,
        related: [{ message: '"name" is set here', span: name.span }],
      }),
    ]
  })
}

function checkSection({ document }: RuleInput, section: string, noun: string): readonly Diagnostic[] {
  return [...entriesAt(document, section)].flatMap(([name, { value }]) => {
    const external = value.kind === 'map' ? value.entries.get('external')?.value : undefined
    if (value.kind !== 'map' || external?.kind !== 'scalar' || external.value !== true) return []
    return [...value.entries]
      .filter(([key]) => key !== 'external' && key !== 'name' && !key.startsWith('x-'))
      .map(([key, { keySpan }]) =>
        errorAt({ span: keySpan }, 'conflicting-keys', {
          message: `${noun} "${name}" is external, so it cannot set "${key}"`,
          hint: `Remove "${key}" or "external"`,
        }),
      )
  })
}
