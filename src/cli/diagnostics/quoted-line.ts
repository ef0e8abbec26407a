import { displayWidth, firstColumns, lastColumns } from '../../base/display-width.ts'

/** A line of a file that is safe to print, and the columns of the mark below it. */
export interface QuotedLine {
  readonly text: string
  /** Columns to the left of the mark. */
  readonly offset: number
  /** Width of the mark in columns, at least 1. */
  readonly length: number
}

/** What to mark: 1-based columns in UTF-16 units, the end exclusive. */
export interface LineRange {
  readonly start: number
  readonly end: number
}

const TAB_STOP = 4

/**
 * Expands tabs, replaces control characters so that a file cannot steer the terminal, and cuts a line wider than
 * `width` columns to the part around its mark.
 */
export function quoteLine(line: string, { start, end }: LineRange, width: number): QuotedLine {
  const from = Math.min(start - 1, line.length)
  const to = Math.max(from, Math.min(end - 1, line.length))
  const before = printable(line.slice(0, from), 0)
  const marked = printable(line.slice(from, to), displayWidth(before))
  const offset = displayWidth(before)
  const after = printable(line.slice(to), offset + displayWidth(marked)).trimEnd()
  const length = Math.max(1, displayWidth(marked))
  const text = before + marked + after
  return displayWidth(text) <= width
    ? { text, offset, length }
    : cut({ before, marked, after }, { length, width })
}

function printable(text: string, column: number): string {
  const [first = '', ...others] = text.split('\t').map(withoutControls)
  const parts = [first]
  let at = column + displayWidth(first)
  for (const part of others) {
    const gap = TAB_STOP - (at % TAB_STOP)
    parts.push(' '.repeat(gap), part)
    at += gap + displayWidth(part)
  }
  return parts.join('')
}

function withoutControls(text: string): string {
  let result = ''
  for (const character of text) result += isControl(character) ? '\uFFFD' : character
  return result
}

/** C0, DEL, C1, and the bidirectional marks, which reorder text. */
function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
  return (
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0x200e ||
    code === 0x200f
  )
}

interface Parts {
  readonly before: string
  readonly marked: string
  readonly after: string
}

function cut(
  { before, marked, after }: Parts,
  { length, width }: { readonly length: number; readonly width: number },
): QuotedLine {
  const lead = Math.floor(width / 3)
  const head = displayWidth(before) > lead ? `…${lastColumns(before, lead - 1)}` : before
  const room = Math.max(1, width - displayWidth(head) - 1)
  const rest = marked + after
  const tail = displayWidth(rest) > room ? `${firstColumns(rest, room)}…` : rest
  return { text: head + tail, offset: displayWidth(head), length: Math.min(length, displayWidth(tail) || 1) }
}
