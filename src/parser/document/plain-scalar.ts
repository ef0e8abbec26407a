import type { ScalarValue } from './node.ts'

/**
 * Returns the value of a plain text: the words of YAML 1.2's core schema (YAML 1.2.2, section 10.3.2), and numbers
 * as Go's YAML reader has them, and so docker compose: `010` and `0o10` are octal, `0b11` is binary, and digits may be
 * set apart by `_`.
 */
export function plainScalarValue(text: string): ScalarValue {
  if (!NUMBER_START.test(text)) return WORDS.has(text) ? (WORDS.get(text) ?? null) : text
  const plain = text.replaceAll('_', '')
  if (INTEGER.test(plain)) return Number(integerOf(plain))
  if (FLOAT.test(plain)) return Number(plain)
  return INFINITE.get(text.toLowerCase()) ?? text
}

/**
 * Returns the number of a plain text as docker compose writes it where a text is wanted, e.g. in an
 * environment: Go's `%v`.
 */
export function plainNumberText(text: string): string {
  const plain = text.replaceAll('_', '')
  const integer = INTEGER.test(plain) ? integerOf(plain) : undefined
  if (integer !== undefined && integer >= LEAST && integer <= MOST) return String(integer)
  return goFloat(Number(integer ?? plain))
}

/** Tells whether a plain text is a truth value or null. */
export function isCoreWord(text: string): boolean {
  return WORDS.has(text)
}

const WORDS: ReadonlyMap<string, ScalarValue> = new Map([
  ...['~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const),
])

const NUMBER_START = /^[-+.0-9]/
const INTEGER = /^[-+]?(?:0|[1-9][0-9]*|0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+)$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const INFINITE: ReadonlyMap<string, number> = new Map([
  ['.inf', Number.POSITIVE_INFINITY],
  ['+.inf', Number.POSITIVE_INFINITY],
  ['-.inf', Number.NEGATIVE_INFINITY],
  ['.nan', Number.NaN],
])
/** Of Go's int64 and uint64. */
const LEAST = -(2n ** 63n)
const MOST = 2n ** 64n - 1n

function integerOf(plain: string): bigint {
  const digits = plain.replace(/^[-+]/, '').replace(/^0(?=[0-7])/, '0o')
  const size = BigInt(digits.toLowerCase())
  return plain.startsWith('-') ? -size : size
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 64)`. */
function goFloat(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < FIRST_WITH_EXPONENT) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** Tens from which on Go writes an exponent. */
const FIRST_WITH_EXPONENT = 6
