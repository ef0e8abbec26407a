import type { SourceSpan } from '../../base/source-span.ts'
import type { Entry, MapNode, Node } from '../document/node.ts'

/**
 * Returns `map` without the entries and items that `mistakes` are about. An entry goes if one is at its key, or holds its value
 * whole; of an entry whose value only contains one the rest stays.
 */
export function withoutMistakes(map: MapNode, mistakes: readonly SourceSpan[]): MapNode {
  const entries = [...map.entries].flatMap(([key, entry]) => {
    const kept = keptEntry(entry, mistakes)
    return kept === undefined ? [] : [[key, kept] as const]
  })
  return { ...map, entries: new Map(entries) }
}

function keptEntry({ keySpan, value }: Entry, mistakes: readonly SourceSpan[]): Entry | undefined {
  // A key that a normal form added has the place of its value.
  const isKeyWrong = !holds(keySpan, value.span) && mistakes.some(mistake => overlaps(mistake, keySpan))
  const kept = isKeyWrong ? undefined : keptNode(value, mistakes)
  return kept === undefined ? undefined : { keySpan, value: kept }
}

function keptNode(node: Node, mistakes: readonly SourceSpan[]): Node | undefined {
  const within = mistakes.filter(mistake => overlaps(mistake, node.span))
  if (within.some(mistake => holds(mistake, node.span))) return undefined
  switch (node.kind) {
    case 'scalar':
      return within.length > 0 ? undefined : node
    case 'list':
      return { ...node, items: node.items.flatMap(item => keptNode(item, mistakes) ?? []) }
    case 'map':
      return withoutMistakes(node, mistakes)
  }
}

function overlaps(a: SourceSpan, b: SourceSpan): boolean {
  return a.file === b.file && isBefore(startOf(a), endOf(b)) && isBefore(startOf(b), endOf(a))
}

/** Tells whether all of `inner` is in `outer`. */
function holds(outer: SourceSpan, inner: SourceSpan): boolean {
  return (
    outer.file === inner.file &&
    !isBefore(startOf(inner), startOf(outer)) &&
    !isBefore(endOf(outer), endOf(inner))
  )
}

type Position = readonly [line: number, column: number]

function startOf({ line, column }: SourceSpan): Position {
  return [line, column]
}

function endOf({ endLine, endColumn }: SourceSpan): Position {
  return [endLine, endColumn]
}

function isBefore([line, column]: Position, [otherLine, otherColumn]: Position): boolean {
  return line < otherLine || (line === otherLine && column < otherColumn)
}
