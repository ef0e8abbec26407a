import { parseAllDocuments, type YAMLError } from 'yaml'

/** Scalars that are joined in one file at most; each costs another look at the text. */
const MOST_JOINS = 100

/**
 * Joins the lines of quoted scalars that continue left of their block's indentation. YAML 1.2 wants them indented,
 * while libyaml and go-yaml take any column. The text keeps its length, so offsets stay valid: each end of line becomes
 * a space. Returns undefined if that does not make the text free of errors.
 */
export function withJoinedQuotes(text: string, errors: readonly YAMLError[]): string | undefined {
  let joined = text
  let broken = errors
  for (let joins = 0; joins < MOST_JOINS && broken.length > 0; joins++) {
    const open = broken.find(({ code, message }) => code === 'MISSING_CHAR' && message.includes('quote'))
    const next = open === undefined ? undefined : withoutLines(joined, open.pos[0])
    if (next === undefined) return undefined
    joined = next
    broken = errorsIn(joined)
  }
  return broken.length === 0 ? joined : undefined
}

/** Joins the scalar that was cut off at `end`: there is no quote of its kind between its first one and that place. */
function withoutLines(text: string, end: number): string | undefined {
  const double = lastQuote(text, '"', end)
  const single = lastQuote(text, "'", end)
  const start = Math.max(double, single)
  if (start === -1) return undefined
  const close = closingQuote(text, start)
  if (close === undefined || close < end) return undefined
  return text.slice(0, start) + text.slice(start, close).replaceAll('\n', ' ') + text.slice(close)
}

function lastQuote(text: string, quote: string, end: number): number {
  let at = text.lastIndexOf(quote, end)
  while (at > 0 && text[at - 1] === '\\') at = text.lastIndexOf(quote, at - 1)
  return at
}

function closingQuote(text: string, start: number): number | undefined {
  const quote = text[start]
  for (let index = start + 1; index < text.length; index++) {
    if (quote === '"' && text[index] === '\\') index++
    else if (text[index] === quote) return index
  }
  return undefined
}

function errorsIn(text: string): readonly YAMLError[] {
  const parsed = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false })
  return Array.isArray(parsed) ? parsed.flatMap(({ errors }) => errors) : []
}
