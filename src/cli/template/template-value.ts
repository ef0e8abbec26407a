import { TemplateError } from './template-error.ts'

/** What templates work with; an object stands for a Go struct. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [field: string]: TemplateValue }
  | TemplateMethod

/** A field that takes arguments, as in `{{.Label "role"}}`. */
export type TemplateMethod = (...args: readonly TemplateValue[]) => TemplateValue

/** Returns whether a condition on `value` does not hold: false, 0, nil, or what has a length of 0. */
export function isEmptyValue(value: TemplateValue): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === '' || value === 0 || value === false || value === null
}

/** Returns `value` as Go's fmt prints it with `%v`: `[a b]` for a list, `{a b}` for a struct. */
export function printedValue(value: TemplateValue): string {
  if (value === null) return '<no value>'
  if (isList(value)) return `[${value.map(printedValue).join(' ')}]`
  if (typeof value === 'function') throw new TemplateError('a method is no value')
  if (typeof value === 'object') {
    const members = Object.values(value).filter(member => typeof member !== 'function')
    return `{${members.map(printedValue).join(' ')}}`
  }
  return String(value)
}

/** Narrows `value` to a list. */
export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value)
}

/** Returns the JSON of `value`; methods are no part of it. */
export function jsonOf(value: TemplateValue): string {
  return JSON.stringify(value)
}
