import { formatSpan, type SourceSpan } from '../../base/source-span.ts'
import { safeLine } from '../views/safe-text.ts'
import type { Paint, Tone } from './paint.ts'
import { quoteLine } from './quoted-line.ts'

/** Returns the text of a file named in a diagnostic, or undefined if it cannot be read again. */
export type ReadSource = (file: string) => string | undefined

/** How frames are drawn. */
export interface FrameStyle {
  readonly paint: Paint
  readonly readSource: ReadSource
  /** Columns for a quoted line. */
  readonly width: number
  /** Columns for line numbers. */
  readonly gutter: number
}

/** One quoted line with a mark and its label. */
export interface Frame {
  readonly span: SourceSpan
  readonly label: string | undefined
  readonly tone: Tone
  /** `-->` for the location itself, `:::` for a related one that explains it. */
  readonly arrow: '-->' | ':::'
}

/** Draws the location, the line and a mark under the text; only the location where the file cannot be read. */
export function renderFrame({ span, label, tone, arrow }: Frame, style: FrameStyle): readonly string[] {
  const { paint, gutter } = style
  const margin = ' '.repeat(gutter + 1)
  const place = `${' '.repeat(gutter)}${paint('frame', arrow)} ${safeLine(formatSpan(span))}`
  const line = style.readSource(span.file)?.split(/\r\n|\r|\n/)[span.line - 1]
  if (line === undefined)
    return label === undefined ? [place] : [place, `${margin}${paint('frame', '=')} ${label}`]
  const end = span.endLine > span.line ? line.trimEnd().length + 1 : span.endColumn
  const quoted = quoteLine(line, { start: span.column, end }, style.width)
  const mark = (arrow === '-->' ? '^' : '-').repeat(quoted.length)
  const word = label === undefined ? '' : ` ${label}`
  const number = paint('frame', String(span.line).padStart(gutter))
  const bar = paint('frame', '|')
  return [
    place,
    `${margin}${bar}`,
    `${number} ${bar} ${quoted.text}`.trimEnd(),
    `${margin}${bar} ${' '.repeat(quoted.offset)}${paint(tone, mark + word)}`,
  ]
}
