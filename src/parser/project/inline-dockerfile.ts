import type { ModelPath } from '../../base/model-path.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { InlineDockerfile, InlineLine } from '../../model/build.ts'
import type { ScalarNode } from '../document/node.ts'

/** Reads `dockerfile_inline`, with the place of each of its lines in the Compose file. */
export function readInlineDockerfile(node: ScalarNode, origin: ModelPath): InlineDockerfile {
  const text = String(node.value ?? '')
  return {
    kind: 'inline',
    text,
    origin,
    span: node.span,
    lines: numbered(linePlaces(node, text.split('\n'))),
  }
}

/**
 * Returns where a place of the text, counted from 1, is in the Compose file: a point, or the whole value where that is
 * not known. Behind a variable of the same line the column is as far off as its value is longer than its name.
 */
export function inlinePlace({ span, lines }: InlineDockerfile): (line: number, column: number) => SourceSpan {
  return (line, column) => {
    const start = lines.get(line)
    const within = `dockerfile_inline:${line}`
    if (start === undefined) return { ...span, within }
    const at = { line: start.line, column: start.column + column - 1 }
    return { file: span.file, ...at, endLine: at.line, endColumn: at.column, within }
  }
}

type Places = readonly (InlineLine | undefined)[]

function numbered(places: Places): InlineDockerfile['lines'] {
  return new Map(places.flatMap((place, index) => (place === undefined ? [] : [[index + 1, place] as const])))
}

function linePlaces({ raw, span }: ScalarNode, text: readonly string[]): Places {
  if (/^\|/.test(raw)) return literalPlaces(raw, span, text)
  if (raw.includes('\n')) return []
  return raw.startsWith('"') ? quotedPlaces(raw, span) : [{ line: span.line, column: columnIn(raw, span) }]
}

function columnIn(raw: string, { column }: SourceSpan): number {
  return raw.startsWith("'") ? column + 1 : column
}

/** Each `\n` of a double-quoted text begins a line of the Dockerfile. */
function quotedPlaces(raw: string, { line, column }: SourceSpan): Places {
  const breaks = [...raw.matchAll(/\\(.)/g)].filter(([, letter]) => letter === 'n')
  return [{ line, column: column + 1 }, ...breaks.map(({ index }) => ({ line, column: column + index + 2 }))]
}

/** A block text keeps its lines; a variable whose value has several moves those behind it. */
function literalPlaces(raw: string, span: SourceSpan, text: readonly string[]): Places {
  const body = raw.split('\n').slice(1)
  const indent = indentOf(body, text)
  const places = body.map((_, index): InlineLine => ({ line: span.line + 1 + index, column: indent + 1 }))
  const surplus = lastFilled(text) - lastFilled(body)
  if (surplus === 0) return places.slice(0, text.length)
  const isKept = (line: number, source: number): boolean =>
    text[line] === (body[source] ?? '').slice(indent).replace(/\r$/, '')
  const firstMoved = text.findIndex((_, index) => !isKept(index, index))
  const lastMoved = text.findLastIndex((_, index) => !isKept(index, index - surplus))
  return text.map((_, index) => {
    if (index < firstMoved) return places[index]
    return index > lastMoved ? places[index - surplus] : undefined
  })
}

/** The first line that says something may have blanks of its own behind the indentation. */
function indentOf(body: readonly string[], text: readonly string[]): number {
  const first = body.findIndex(line => line.trim() !== '')
  return Math.max(0, blanks(body[first] ?? '') - blanks(text[first] ?? ''))
}

function blanks(line: string): number {
  return line.length - line.trimStart().length
}

function lastFilled(lines: readonly string[]): number {
  return lines.findLastIndex(line => line.trim() !== '')
}
