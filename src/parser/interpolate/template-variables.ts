import type { Node } from '../document/node.ts'
import { OPERATION, readExpression } from './expand-template.ts'

/** What the values of a document say about one variable. */
export interface TemplateVariable {
  readonly name: string
  /** Without a value the file cannot be used. */
  readonly required: boolean
  /** Replaces the variable where it has no value; empty if there is none. */
  readonly defaultValue: string
  /** Replaces the variable where it has a value; empty if there is none. */
  readonly presenceValue: string
}

/** Returns the variables that the values of `node` name, operands included, sorted by name. */
export function templateVariables(node: Node): readonly TemplateVariable[] {
  const found = new Map<string, TemplateVariable>()
  for (const template of templatesIn(node)) for (const use of usesIn(template)) note(use, found)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function* templatesIn(node: Node): Generator<string, void, undefined> {
  switch (node.kind) {
    case 'scalar':
      if (typeof node.value === 'string' && node.value.includes('$')) yield node.value
      break
    case 'list':
      for (const item of node.items) yield* templatesIn(item)
      break
    case 'map':
      for (const { value } of node.entries.values()) yield* templatesIn(value)
  }
}

function* usesIn(template: string): Generator<TemplateVariable, void, undefined> {
  for (let dollar = template.indexOf('$'); dollar !== -1; ) {
    const expression = readExpression(template, dollar)
    if (expression.kind === 'variable') yield plainUse(expression.name)
    if (expression.kind === 'braced') yield* bracedUses(expression.body)
    dollar = template.indexOf('$', expression.end)
  }
}

function* bracedUses(body: string): Generator<TemplateVariable, void, undefined> {
  const [, name, operator, operand = ''] = OPERATION.exec(body) ?? []
  if (name === undefined) return
  const kind = operator?.at(-1)
  yield {
    name,
    required: kind === '?',
    defaultValue: kind === '-' ? operand : '',
    presenceValue: kind === '+' ? operand : '',
  }
  if (operator !== undefined) yield* usesIn(operand)
}

function plainUse(name: string): TemplateVariable {
  return { name, required: false, defaultValue: '', presenceValue: '' }
}

/** One use that requires a value is enough; of defaults and alternatives the first stays. */
function note(use: TemplateVariable, found: Map<string, TemplateVariable>): void {
  const known = found.get(use.name) ?? use
  found.set(use.name, {
    name: use.name,
    required: known.required || use.required,
    defaultValue: known.defaultValue || use.defaultValue,
    presenceValue: known.presenceValue || use.presenceValue,
  })
}
