import { parseBytes } from '../../base/bytes.ts'
import { formatMillis, parseMillis } from '../../base/millis.ts'
import type { ScalarNode, ScalarValue } from '../document/node.ts'
import type { ValueKind } from '../generated/compose-types.ts'
import type { FormContext } from './form-context.ts'

type Cast = (text: string, node: ScalarNode) => ScalarValue | undefined

/** Gives a scalar the type of its kind; text becomes a number or truth value where the kind is one. */
export function castScalar(node: ScalarNode, kind: string | undefined, context: FormContext): ScalarNode {
  const cast = kind === undefined ? undefined : CASTS.get(kind)
  if (cast === undefined || kind === undefined || node.value === null) return node
  const value = cast(String(node.value).trim(), node)
  if (value !== undefined) return { ...node, value }
  const expected = EXPECTED.get(kind)
  context.report(node, {
    message: `it is "${written(node)}", expected ${expected}`,
    ...durationHint(node, kind),
  })
  return node
}

/** A number as the file has it: `0999` is 999 to YAML. */
function written({ value, raw }: ScalarNode): ScalarValue {
  return typeof value === 'number' && /^[-+.0-9]/.test(raw) ? raw : value
}

const EXPECTED: ReadonlyMap<string, string> = new Map<ValueKind, string>([
  ['bool', 'true or false'],
  ['int', 'a whole number'],
  ['num', 'a number'],
  ['bytes', 'a size such as "64m"'],
  ['byteText', 'a size such as "64m"'],
  ['duration', 'a duration such as "1m30s"'],
  ['mode', 'permission bits such as "0440"'],
  ['ulimit', 'a whole number'],
  ['external', 'true or false'],
])

const CASTS: ReadonlyMap<string, Cast> = new Map<ValueKind, Cast>([
  ['bool', castBoolean],
  ['external', castBoolean],
  ['int', castInteger],
  ['ulimit', castInteger],
  ['num', castNumber],
  ['bytes', castBytes],
  ['byteText', castBytes],
  ['duration', castDuration],
  ['mode', castMode],
])

const TRUE = /^(?:true|y|yes|on)$/i
const FALSE = /^(?:false|n|no|off)$/i

function castBoolean(text: string): boolean | undefined {
  if (TRUE.test(text)) return true
  return FALSE.test(text) ? false : undefined
}

function castInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

function castNumber(text: string): number | undefined {
  const value = Number(text)
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(value) ? value : undefined
}

/** Sizes are kept as decimal text, as `config` prints them. */
function castBytes(text: string): string | undefined {
  if (text === '-1') return text
  return attempt(() => String(parseBytes(text)))
}

function castDuration(text: string): string | undefined {
  return attempt(() => formatMillis(parseMillis(text)))
}

/**
 * Permission bits as text are octal, with or without a zero before them; kept as `0440`. YAML reads `0999` as the decimal
 * number 999, which nobody who writes it means.
 */
function castMode(text: string, node: ScalarNode): string | undefined {
  if (/^0\d*[89]/.test(node.raw)) return undefined
  const digits =
    typeof node.value === 'number' ? node.value.toString(8) : /^(?:0o?)?([0-7]{1,4})$/.exec(text)?.[1]
  return digits === undefined || !/^[0-7]{1,4}$/.test(digits) ? undefined : digits.padStart(4, '0')
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}

function durationHint(node: ScalarNode, kind: string): { readonly hint?: string } {
  if (kind !== 'duration' || !/^\d+$/.test(String(node.value))) return {}
  return { hint: `Add a unit, such as "${node.value}s"` }
}
