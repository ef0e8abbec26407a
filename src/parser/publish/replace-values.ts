import type { SourceSpan } from '../../base/source-span.ts'

/** A value of a text, and what is to be in its place. */
export interface Replacement {
  readonly span: SourceSpan
  readonly by: string
}

/** Returns `text` with the values at the places of `replacements`, each given once, replaced; all else stays as it was written. */
export function replaceValues(text: string, replacements: readonly Replacement[]): string {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  const offsetOf = (line: number, column: number) => (lineStarts[line - 1] ?? text.length) + column - 1
  const places = new Map(
    replacements.map(({ span, by }) => {
      const start = offsetOf(span.line, span.column)
      return [start, { start, end: offsetOf(span.endLine, span.endColumn), by }] as const
    }),
  )
  const fromTheEnd = [...places.values()].sort((a, b) => b.start - a.start)
  return fromTheEnd.reduce(
    (result, { start, end, by }) => `${result.slice(0, start)}${by}${result.slice(end)}`,
    text,
  )
}
