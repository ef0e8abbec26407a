/** What a template reads and reports to. `start` and `end` bound the expression in the outermost template. */
export interface TemplateScope {
  readonly lookup: (name: string) => string | undefined
  readonly onUnset: (name: string, place: TemplatePlace) => void
  readonly onProblem: (problem: TemplateProblem, place: TemplatePlace) => void
}

/** Offsets in UTF-16 units; the end is exclusive. */
export interface TemplatePlace {
  readonly start: number
  readonly end: number
}

/** Why an expression has no value; it is replaced with the empty text then. */
export type TemplateProblem =
  | { readonly kind: 'malformed'; readonly expression: string }
  | { readonly kind: 'required'; readonly name: string; readonly message: string }

const NAME = /^[_a-zA-Z][_a-zA-Z0-9]*/
/** The name, the operator and the operand between braces. */
export const OPERATION: RegExp = /^([_a-zA-Z][_a-zA-Z0-9]*)(?:(:?[-+?])([\s\S]*))?$/

/**
 * Replaces `$NAME`, `${NAME}` and `${NAME<operator>text}` in `template`; `$$` becomes `$`. A branch that is not
 * taken is not read, so it neither warns nor fails. A `$` before anything else stays.
 */
export function expandTemplate(template: string, scope: TemplateScope): string {
  if (!template.includes('$')) return template
  return expand(template, scope, undefined)
}

function expand(template: string, scope: TemplateScope, outer: TemplatePlace | undefined): string {
  let result = ''
  let index = 0
  while (index < template.length) {
    const dollar = template.indexOf('$', index)
    if (dollar === -1) return result + template.slice(index)
    result += template.slice(index, dollar)
    const read = readExpression(template, dollar)
    const place = outer ?? { start: dollar, end: read.end }
    result += evaluate(read, scope, place)
    index = read.end
  }
  return result
}

/** A piece of a template that begins with `$`; `end` is the offset behind it. `open` lacks its closing brace. */
export type Expression =
  | { readonly kind: 'text'; readonly text: string; readonly end: number }
  | { readonly kind: 'variable'; readonly name: string; readonly end: number }
  | { readonly kind: 'braced'; readonly body: string; readonly end: number }
  | { readonly kind: 'open'; readonly text: string; readonly end: number }

/** Reads what begins with the `$` at offset `dollar`. */
export function readExpression(template: string, dollar: number): Expression {
  const next = template[dollar + 1]
  if (next === '$') return { kind: 'text', text: '$', end: dollar + 2 }
  if (next === '{') return readBraced(template, dollar)
  const name = NAME.exec(template.slice(dollar + 1))?.[0]
  if (name === undefined) return { kind: 'text', text: '$', end: dollar + 1 }
  return { kind: 'variable', name, end: dollar + 1 + name.length }
}

function readBraced(template: string, dollar: number): Expression {
  let depth = 0
  for (let index = dollar + 1; index < template.length; index++) {
    if (template[index] === '{') depth++
    else if (template[index] === '}') depth--
    if (depth === 0) return { kind: 'braced', body: template.slice(dollar + 2, index), end: index + 1 }
  }
  return { kind: 'open', text: template.slice(dollar), end: template.length }
}

function evaluate(expression: Expression, scope: TemplateScope, place: TemplatePlace): string {
  switch (expression.kind) {
    case 'text':
      return expression.text
    case 'variable':
      return valueAt(expression.name, scope, place)
    case 'open':
      return malformed(expression.text, scope, place)
    case 'braced':
      return evaluateBraced(expression.body, scope, place)
  }
}

function evaluateBraced(body: string, scope: TemplateScope, place: TemplatePlace): string {
  const [, name, operator, operand = ''] = OPERATION.exec(body) ?? []
  if (name === undefined) return malformed(`\${${body}}`, scope, place)
  const value = scope.lookup(name)
  const present = operator?.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
  switch (operator?.at(-1)) {
    case '-':
      return present ? (value ?? '') : expand(operand, scope, place)
    case '+':
      return present ? expand(operand, scope, place) : (value ?? '')
    case '?':
      return present ? (value ?? '') : required(name, expand(operand, scope, place), { scope, place })
    default:
      return valueAt(name, scope, place)
  }
}

function valueAt(name: string, scope: TemplateScope, place: TemplatePlace): string {
  const value = scope.lookup(name)
  if (value === undefined) scope.onUnset(name, place)
  return value ?? ''
}

function required(
  name: string,
  message: string,
  { scope, place }: { readonly scope: TemplateScope; readonly place: TemplatePlace },
): string {
  scope.onProblem({ kind: 'required', name, message }, place)
  return ''
}

function malformed(expression: string, scope: TemplateScope, place: TemplatePlace): string {
  scope.onProblem({ kind: 'malformed', expression }, place)
  return ''
}
