import type { Word } from '../../model/dockerfile.ts'
import type { LogicalLine, Range } from './logical-line.ts'

/** What a text is that may be a JSON array of strings. */
export type JsonWords =
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  /** It is an array, and something in it is no string. */
  | { readonly kind: 'not-strings'; readonly place: Range }
  | { readonly kind: 'not-json' }

/** Reads `range` as a JSON array of strings. What is not JSON is none: `['a']` and `["a",]` are plain text. */
export function readJsonWords(line: LogicalLine, range: Range): JsonWords {
  const text = line.text.slice(range.start, range.end)
  const values = parseArray(text)
  if (values === undefined) return { kind: 'not-json' }
  const places = itemRanges(text).map(({ start, end }) => ({
    start: start + range.start,
    end: end + range.start,
  }))
  const words: Word[] = []
  for (const [index, value] of values.entries()) {
    const place = places[index] ?? range
    if (typeof value !== 'string') return { kind: 'not-strings', place }
    words.push({ text: value.toWellFormed(), span: line.span(place) })
  }
  return { kind: 'words', words }
}

function parseArray(text: string): readonly unknown[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},]|[^\s"[\]{},]+/g

/** Returns where the items of a JSON array are; `text` is valid. */
function itemRanges(text: string): readonly Range[] {
  const ranges: Range[] = []
  let depth = 0
  let start: number | undefined
  let end = 0
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === ']' || token === '}') depth--
    if (start !== undefined && (depth === 0 || (depth === 1 && token === ','))) {
      ranges.push({ start, end })
      start = undefined
    } else if (depth > 0) start ??= index
    end = index + token.length
    if (token === '[' || token === '{') depth++
  }
  return ranges
}
