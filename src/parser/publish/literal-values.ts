import { canonicalForm } from '../canonical/canonical-form.ts'
import { entriesOf, type MapNode, type Node } from '../document/node.ts'
import { readYaml } from '../document/read-yaml.ts'
import { templatePlaces } from '../interpolate/template-places.ts'
import { entriesAt } from '../rules/rule-context.ts'

/** A single value of a Compose file as it is written, with its path, e.g. `services.web.environment.KEY`. */
export interface LiteralValue {
  readonly path: string
  readonly text: string
}

/** A variable of a service that has a value with nothing to interpolate in it. */
export interface LiteralVariable {
  readonly service: string
  readonly name: string
  readonly value: string
}

/** Returns the single values of a Compose file in long form, variables as they are written. */
export function literalValues(name: string, text: string): readonly LiteralValue[] {
  return longForms(name, text).flatMap(document => [...valuesIn(document, '')])
}

/** Returns the variables of services that a Compose file gives a value of its own. */
export function literalVariables(name: string, text: string): readonly LiteralVariable[] {
  return longForms(name, text).flatMap(document =>
    [...entriesAt(document, 'services')].flatMap(([service, { value }]) =>
      [...entriesOf(value.kind === 'map' ? value.entries.get('environment')?.value : undefined)].flatMap(
        ([variable, entry]) => {
          const literal = scalarText(entry.value)
          const isLiteral = literal !== undefined && literal !== '' && !/\$[{\w]/.test(literal)
          return isLiteral ? [{ service, name: variable, value: literal }] : []
        },
      ),
    ),
  )
}

function longForms(name: string, text: string): readonly MapNode[] {
  const { documents } = readYaml(name, text)
  return documents.map(document => canonicalForm(document, templatePlaces([document])).document)
}

function* valuesIn(node: Node, path: string): Generator<LiteralValue> {
  if (node.kind === 'scalar') {
    const text = scalarText(node)
    if (text !== undefined) yield { path, text }
  } else if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* valuesIn(item, `${path}[${index}]`)
  } else {
    for (const [key, { value }] of node.entries) yield* valuesIn(value, path === '' ? key : `${path}.${key}`)
  }
}

function scalarText(node: Node): string | undefined {
  return node.kind === 'scalar' && node.value !== null ? String(node.value) : undefined
}
