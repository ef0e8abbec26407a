import type { TemplateVariable } from '../../app/index.ts'
import { safeJson } from './safe-text.ts'
import { textTable } from './text-table.ts'

const HEADINGS = ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE']

/** Returns the variables of a file as `config --variables` prints them. */
export function variablesText(
  variables: readonly TemplateVariable[],
  format: 'table' | 'yaml' | 'json',
): string {
  if (format === 'table') {
    return textTable([
      HEADINGS,
      ...variables.map(({ name, required, defaultValue, presenceValue }) => [
        name,
        String(required),
        defaultValue,
        presenceValue,
      ]),
    ])
  }
  if (format === 'json') return `${safeJson(byName(variables), 4)}\n`
  return yamlText(byName(variables))
}

interface VariableJson {
  readonly Name: string
  readonly DefaultValue: string
  readonly PresenceValue: string
  readonly Required: boolean
}

type VariablesByName = Readonly<Record<string, VariableJson>>

/** The fields are those of Docker Compose. */
function byName(variables: readonly TemplateVariable[]): VariablesByName {
  return Object.fromEntries(
    variables.map(({ name, required, defaultValue, presenceValue }) => [
      name,
      { Name: name, DefaultValue: defaultValue, PresenceValue: presenceValue, Required: required },
    ]),
  )
}

/** A name needs no quotes and every JSON text is YAML, so no YAML writer is needed. Go's writer has the keys in lower case. */
function yamlText(variables: VariablesByName): string {
  return Object.entries(variables)
    .map(([name, { Name, ...fields }]) => {
      const lines = Object.entries(fields).map(
        ([key, value]) => `    ${key.toLowerCase()}: ${safeJson(value)}\n`,
      )
      return `${name}:\n    name: ${Name}\n${lines.join('')}`
    })
    .join('')
}
