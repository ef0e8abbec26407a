import { didYouMean } from '../../base/did-you-mean.ts'
import { goPrintf } from './go-printf.ts'
import { TemplateError } from './template-error.ts'
import {
  isEmptyValue,
  isList,
  jsonOf,
  printedValue,
  type TemplateMethod,
  type TemplateValue,
} from './template-value.ts'

/** The functions of text/template, and those that docker adds; docs.docker.com/engine/cli/formatting. */
const FUNCTIONS: Readonly<Record<string, TemplateMethod>> = {
  json: (...args) => jsonOf(one('json', args)),
  split: (text, separator) => textOf('split', text).split(textOf('split', separator)),
  join: (list, separator) => listOf('join', list).map(printedValue).join(textOf('join', separator)),
  title: text => textOf('title', text).replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, letter => letter.toUpperCase()),
  lower: text => textOf('lower', text).toLowerCase(),
  upper: text => textOf('upper', text).toUpperCase(),
  pad: (text, before, behind) => {
    const plain = textOf('pad', text)
    return plain === '' ? '' : blanks('pad', before) + plain + blanks('pad', behind)
  },
  truncate: (text, length) => [...textOf('truncate', text)].slice(0, numberOf('truncate', length)).join(''),
  println: (...args) => `${args.map(printedValue).join(' ')}\n`,
  print: (...args) => printed(args),
  printf: (format, ...args) => goPrintf(textOf('printf', format), args),
  len: value => {
    if (typeof value === 'string') return Buffer.byteLength(value)
    return listOf('len', value).length
  },
  index: (list, ...keys) => keys.reduce<TemplateValue>(elementOf, given('index', list)),
  slice: (list, from, to) => {
    const range = [
      numberOf('slice', from ?? 0),
      to === undefined ? undefined : numberOf('slice', to),
    ] as const
    return typeof list === 'string' ? list.slice(...range) : listOf('slice', list).slice(...range)
  },
  not: (...args) => isEmptyValue(one('not', args)),
  eq: (first, ...others) => {
    if (others.length === 0) throw new TemplateError('"eq" needs two values or more')
    return others.some(other => isSame(given('eq', first), other))
  },
  ne: (a, b) => !isSame(given('ne', a), given('ne', b)),
  lt: (a, b) => compared('lt', a, b) < 0,
  le: (a, b) => compared('le', a, b) <= 0,
  gt: (a, b) => compared('gt', a, b) > 0,
  ge: (a, b) => compared('ge', a, b) >= 0,
}

/** `and` and `or` are no functions here: they evaluate an argument only if those before leave the result open. */
export const LAZY_FUNCTIONS: ReadonlySet<string> = new Set(['and', 'or'])

/** The names of all functions. */
export const FUNCTION_NAMES: readonly string[] = [...Object.keys(FUNCTIONS), ...LAZY_FUNCTIONS]

/**
 * Returns the function called `name`.
 *
 * @throws {TemplateError} If there is none.
 */
export function templateFunction(name: string): TemplateMethod {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (found !== undefined) return found
  const hint = didYouMean(name, FUNCTION_NAMES)
  throw new TemplateError(`there is no function "${name}"`, hint ?? `Functions: ${FUNCTION_NAMES.join(', ')}`)
}

function given(name: string, value: TemplateValue | undefined): TemplateValue {
  if (value === undefined) throw new TemplateError(`"${name}" has too few arguments`)
  return value
}

function one(name: string, args: readonly TemplateValue[]): TemplateValue {
  if (args.length > 1) throw new TemplateError(`"${name}" takes one argument`)
  return given(name, args[0])
}

function textOf(name: string, value: TemplateValue | undefined): string {
  const text = given(name, value)
  if (typeof text !== 'string') throw new TemplateError(`"${name}" takes a text, not ${describe(text)}`)
  return text
}

function numberOf(name: string, value: TemplateValue | undefined): number {
  const number = given(name, value)
  if (typeof number !== 'number') throw new TemplateError(`"${name}" takes a number, not ${describe(number)}`)
  return number
}

function listOf(name: string, value: TemplateValue | undefined): readonly TemplateValue[] {
  const list = given(name, value)
  if (!isList(list)) throw new TemplateError(`"${name}" takes a list, not ${describe(list)}`)
  return list
}

function describe(value: TemplateValue): string {
  return value === null ? 'nothing' : `${typeof value} ${jsonOf(value)}`
}

function blanks(name: string, count: TemplateValue | undefined): string {
  return ' '.repeat(numberOf(name, count))
}

/** As fmt.Sprint: a blank between two values of which neither is a text. */
function printed(args: readonly TemplateValue[]): string {
  return args
    .map((value, at) => {
      const before = args[at - 1]
      const isApart = at > 0 && typeof before !== 'string' && typeof value !== 'string'
      return `${isApart ? ' ' : ''}${printedValue(value)}`
    })
    .join('')
}

function elementOf(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (isList(value) && typeof key === 'number') {
    const element = value[key]
    if (element === undefined) throw new TemplateError(`a list of ${value.length} has no element ${key}`)
    return element
  }
  if (value !== null && typeof value === 'object' && !isList(value) && typeof key === 'string') {
    return Object.hasOwn(value, key) ? (value[key] ?? null) : null
  }
  throw new TemplateError(`"index" finds nothing in ${describe(value)} by ${describe(key)}`)
}

function isSame(a: TemplateValue, b: TemplateValue): boolean {
  if (typeof a !== typeof b || typeof a === 'object') {
    throw new TemplateError(`cannot compare ${describe(a)} with ${describe(b)}`)
  }
  return a === b
}

function compared(name: string, a: TemplateValue | undefined, b: TemplateValue | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [textOf(name, a), textOf(name, b)]
  return left < right ? -1 : Number(left > right)
}
