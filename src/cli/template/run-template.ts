import { assertNever } from '../../base/assert-never.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { TemplateError } from './template-error.ts'
import { LAZY_FUNCTIONS, templateFunction } from './template-functions.ts'
import type { Operand, Pipeline, TemplateNode } from './template-node.ts'
import {
  isEmptyValue,
  isList,
  printedValue,
  type TemplateMethod,
  type TemplateValue,
} from './template-value.ts'

/**
 * Returns what a parsed template makes of `data`. The functions of `overriding` replace those of the same name.
 *
 * @throws {TemplateError} If it asks for what `data` does not have, or calls a function with what that does not take.
 */
export function runTemplate(
  nodes: readonly TemplateNode[],
  data: TemplateValue,
  overriding: ReadonlyMap<string, TemplateMethod> = NONE,
): string {
  const run = new Run(data, overriding)
  run.nodes(nodes, { dot: data, variables: new Variables(undefined) })
  return run.text
}

const NONE: ReadonlyMap<string, TemplateMethod> = new Map()

interface Scope {
  readonly dot: TemplateValue
  readonly variables: Variables
}

type Jump = 'break' | 'continue' | undefined

/** The variables of a block, before those of the blocks around it. */
class Variables {
  readonly #own = new Map<string, TemplateValue>()
  readonly #outer: Variables | undefined

  constructor(outer: Variables | undefined) {
    this.#outer = outer
  }

  declare(name: string, value: TemplateValue): void {
    this.#own.set(name, value)
  }

  assign(name: string, value: TemplateValue): void {
    if (this.#own.has(name)) this.#own.set(name, value)
    else if (this.#outer === undefined) throw unknownVariable(name)
    else this.#outer.assign(name, value)
  }

  get(name: string): TemplateValue {
    const own = this.#own.get(name)
    if (own !== undefined) return own
    if (this.#outer === undefined) throw unknownVariable(name)
    return this.#outer.get(name)
  }
}

function unknownVariable(name: string): TemplateError {
  return new TemplateError(`there is no variable "$${name}"`)
}

class Run {
  text = ''
  readonly #data: TemplateValue
  readonly #overriding: ReadonlyMap<string, TemplateMethod>

  constructor(data: TemplateValue, overriding: ReadonlyMap<string, TemplateMethod>) {
    this.#data = data
    this.#overriding = overriding
  }

  nodes(nodes: readonly TemplateNode[], scope: Scope): Jump {
    for (const node of nodes) {
      const jump = this.#node(node, scope)
      if (jump !== undefined) return jump
    }
    return undefined
  }

  #node(node: TemplateNode, scope: Scope): Jump {
    switch (node.kind) {
      case 'text':
        this.text += node.text
        return undefined
      case 'action': {
        const value = this.#pipeline(node.pipeline, scope)
        if (node.pipeline.variables.length === 0) this.text += printedValue(value)
        return undefined
      }
      case 'if':
      case 'with': {
        const inner = within(scope)
        const value = this.#pipeline(node.branches.pipeline, inner)
        if (isEmptyValue(value)) return this.nodes(node.branches.otherwise, inner)
        return this.nodes(node.branches.then, node.kind === 'with' ? { ...inner, dot: value } : inner)
      }
      case 'range':
        return this.#range(node.branches, scope)
      case 'break':
      case 'continue':
        return node.kind
      default:
        return assertNever(node)
    }
  }

  #range(
    { pipeline, then, otherwise }: Extract<TemplateNode, { kind: 'range' }>['branches'],
    scope: Scope,
  ): Jump {
    const value = this.#commands(pipeline, scope)
    const entries = entriesOf(value)
    if (entries.length === 0) return this.nodes(otherwise, scope)
    for (const [key, element] of entries) {
      const inner = { ...within(scope), dot: element }
      const values = pipeline.variables.length === 2 ? [key, element] : [element]
      bind(pipeline, values, inner.variables)
      if (this.nodes(then, inner) === 'break') break
    }
    return undefined
  }

  #pipeline(pipeline: Pipeline, scope: Scope): TemplateValue {
    const value = this.#commands(pipeline, scope)
    bind(pipeline, [value], scope.variables)
    return value
  }

  #commands({ commands }: Pipeline, scope: Scope): TemplateValue {
    let value: TemplateValue | undefined
    for (const command of commands) value = this.#command(command, value, scope)
    return value ?? null
  }

  #command(
    [first, ...rest]: readonly Operand[],
    piped: TemplateValue | undefined,
    scope: Scope,
  ): TemplateValue {
    if (first === undefined) return null
    if (first.kind === 'function' && LAZY_FUNCTIONS.has(first.name)) {
      const given = rest.map(operand => () => this.#operand(operand, scope))
      return firstDeciding(first.name, piped === undefined ? given : [...given, () => piped])
    }
    const args = [
      ...rest.map(operand => this.#operand(operand, scope)),
      ...(piped === undefined ? [] : [piped]),
    ]
    if (first.kind === 'function') return this.#function(first.name)(...args)
    const value = this.#value(first, scope)
    if (typeof value === 'function') return value(...args)
    if (args.length > 0) throw new TemplateError(`${wordOf(first)} takes no argument`)
    return value
  }

  #function(name: string): TemplateMethod {
    return this.#overriding.get(name) ?? templateFunction(name)
  }

  #operand(operand: Operand, scope: Scope): TemplateValue {
    if (operand.kind === 'function') return this.#function(operand.name)()
    const value = this.#value(operand, scope)
    return typeof value === 'function' ? value() : value
  }

  #value(operand: Exclude<Operand, { kind: 'function' }>, scope: Scope): TemplateValue {
    switch (operand.kind) {
      case 'literal':
        return operand.value
      case 'field':
        return fieldsOf(scope.dot, operand.fields)
      case 'variable':
        return fieldsOf(operand.name === '' ? this.#data : scope.variables.get(operand.name), operand.fields)
      case 'nested':
        return fieldsOf(this.#pipeline(operand.pipeline, scope), operand.fields)
      default:
        return assertNever(operand)
    }
  }
}

/** Returns the first value that decides `and` or `or`, else the last; what follows it is not evaluated. */
function firstDeciding(name: string, values: readonly (() => TemplateValue)[]): TemplateValue {
  let last: TemplateValue | undefined
  for (const evaluate of values) {
    last = evaluate()
    if (isEmptyValue(last) === (name === 'and')) return last
  }
  if (last === undefined) throw new TemplateError(`"${name}" has too few arguments`)
  return last
}

function within({ dot, variables }: Scope): Scope {
  return { dot, variables: new Variables(variables) }
}

function bind(
  { variables: names, declares }: Pipeline,
  values: readonly TemplateValue[],
  variables: Variables,
): void {
  for (const [at, name] of names.entries()) {
    const value = values[at] ?? null
    if (declares) variables.declare(name, value)
    else variables.assign(name, value)
  }
}

/** Returns what `range` goes over, each with its key: the elements of a list, the values of a map by key, 0 to n-1. */
function entriesOf(value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] {
  if (value === null) return []
  if (isList(value)) return value.map((element, at) => [at, element])
  if (typeof value === 'number') return Array.from({ length: Math.max(0, value) }, (_, at) => [at, at])
  if (typeof value === 'object') return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  throw new TemplateError(`{{range}} cannot go over ${JSON.stringify(value)}`)
}

function fieldsOf(value: TemplateValue, fields: readonly string[]): TemplateValue {
  return fields.reduce<TemplateValue>(fieldOf, value)
}

function fieldOf(value: TemplateValue, field: string): TemplateValue {
  if (value === null || typeof value !== 'object' || isList(value)) {
    throw new TemplateError(`there is no field "${field}" in ${JSON.stringify(value)}`)
  }
  const found = Object.hasOwn(value, field) ? value[field] : undefined
  if (found !== undefined) return found
  const names = Object.keys(value).sort()
  throw new TemplateError(
    `there is no field "${field}"`,
    didYouMean(field, names) ?? `Fields: ${names.join(', ')}`,
  )
}

function wordOf(operand: Operand): string {
  switch (operand.kind) {
    case 'literal':
      return JSON.stringify(operand.value)
    case 'field':
      return `.${operand.fields.join('.')}`
    case 'variable':
      return `$${[operand.name, ...operand.fields].join('.')}`
    case 'nested':
      return 'a value in parentheses'
    case 'function':
      return operand.name
    default:
      return assertNever(operand)
  }
}
