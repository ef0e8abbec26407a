import { formatSpan, type SourceSpan } from '../../base/source-span.ts'
import { safeLine } from '../views/safe-text.ts'
import type { Tone } from './paint.ts'
import { quoteLine } from './quoted-line.ts'
import type { FrameStyle } from './render-frame.ts'

const MOST_LINES = 6

/**
 * Draws the location and every line of a span, the first ones and the number of the others where there are many. Undefined
 * where the file cannot be read.
 */
export function renderBlock(span: SourceSpan, tone: Tone, style: FrameStyle): readonly string[] | undefined {
  const { paint, gutter, width, readSource } = style
  const lines = readSource(span.file)
    ?.split(/\r\n|\r|\n/)
    .slice(span.line - 1, span.endLine)
  if (lines === undefined || lines.length === 0) return undefined
  const shown = lines.length <= MOST_LINES ? lines : lines.slice(0, MOST_LINES - 1)
  const mark = paint(tone, '>')
  const left = lines.length - shown.length
  return [
    `${' '.repeat(gutter)}${paint('frame', '-->')} ${safeLine(formatSpan(span))}`,
    `${' '.repeat(gutter + 1)}${paint('frame', '|')}`,
    ...shown.map((line, index) => {
      const number = paint('frame', String(span.line + index).padStart(gutter))
      return `${number} ${mark} ${quoteLine(line, { start: 1, end: 1 }, width).text}`.trimEnd()
    }),
    ...(left > 0 ? [`${' '.repeat(gutter + 1)}${mark} ... and ${left} more lines`] : []),
  ]
}
