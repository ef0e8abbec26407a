import type { ScalarValue } from './node.ts'

/**
 * Returns what YAML 1.2's core schema makes of a plain text (YAML 1.2.2, section 10.3.2); undefined for numbers in
 * forms that are rare: octal, hexadecimal, with an exponent, infinite, or with more digits than are safe.
 */
export function plainScalarValue(text: string): ScalarValue | undefined {
  if (!NUMBER_START.test(text)) return WORDS.has(text) ? WORDS.get(text) : text
  if (SAFE_NUMBER.test(text)) return Number(text)
  return OTHER_NUMBER.test(text) ? undefined : text
}

/** Tells whether a plain text stands for a truth value or null. */
export function isCoreWord(text: string): boolean {
  return WORDS.has(text)
}

const WORDS: ReadonlyMap<string, ScalarValue> = new Map([
  ...['~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const),
])

const NUMBER_START = /^[-+.0-9]/
const SAFE_NUMBER = /^[-+]?[0-9]{1,12}(?:\.[0-9]{0,12})?$/
const OTHER_NUMBER =
  /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
