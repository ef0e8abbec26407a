import { TemplateError } from './template-error.ts'
import { printedValue, type TemplateValue } from './template-value.ts'

const VERB = /%(?<flags>[-+ #0]*)(?<width>\d*)(?:\.(?<precision>\d*))?(?<verb>[a-zA-Z%])/g

/**
 * Formats like fmt.Sprintf of Go, with the verbs that fit what lists hold: `%v %s %q %d %f %t %x %X %c`.
 *
 * @throws {TemplateError} If a verb is another one or does not fit its argument, or if there are too many or too few.
 */
export function goPrintf(format: string, args: readonly TemplateValue[]): string {
  let used = 0
  const text = format.replace(VERB, (whole, ...rest) => {
    const { flags = '', width = '', precision, verb = '' } = rest.at(-1) as Record<string, string | undefined>
    if (verb === '%') return '%'
    const argument = args[used++]
    if (argument === undefined) throw new TemplateError(`printf has no argument for ${whole}`)
    const plain = verbText(verb, argument, { precision, whole })
    const isNegative = plain.startsWith('-')
    const sign = flags.includes('+') && typeof argument === 'number' && !isNegative ? '+' : ''
    return padded(sign + plain, Number(width), { flags, isNumber: typeof argument === 'number' })
  })
  if (used < args.length) throw new TemplateError(`printf has ${args.length - used} arguments too many`)
  return text
}

interface Verb {
  readonly precision: string | undefined
  readonly whole: string
}

function verbText(verb: string, value: TemplateValue, { precision, whole }: Verb): string {
  const digits = precision === undefined ? undefined : Number(precision)
  if (verb === 'v' || verb === 's') return [...printedValue(value)].slice(0, digits).join('')
  if (verb === 't' && typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? textVerb(verb, value) : undefined
  const number = typeof value === 'number' ? numberVerb(verb, value, digits) : undefined
  const shown = text ?? number
  if (shown === undefined) throw new TemplateError(`printf cannot show ${JSON.stringify(value)} by ${whole}`)
  return shown
}

function textVerb(verb: string, text: string): string | undefined {
  if (verb === 'q') return JSON.stringify(text)
  return verb === 'x' ? Buffer.from(text).toString('hex') : undefined
}

function numberVerb(verb: string, number: number, digits: number | undefined): string | undefined {
  switch (verb) {
    case 'd':
      return String(Math.trunc(number))
    case 'f':
      return number.toFixed(digits ?? 6)
    case 'x':
      return number.toString(16)
    case 'X':
      return number.toString(16).toUpperCase()
    case 'c':
      return String.fromCodePoint(number)
    default:
      return undefined
  }
}

interface Padding {
  readonly flags: string
  readonly isNumber: boolean
}

function padded(text: string, width: number, { flags, isNumber }: Padding): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!(flags.includes('0') && isNumber)) return text.padStart(width)
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(text) ?? []
  return sign + digits.padStart(width - sign.length, '0')
}
