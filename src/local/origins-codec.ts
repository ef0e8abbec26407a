import type { SourceSpan } from '../base/source-span.ts'

/** Returns the places of values by path as one flat list in JSON: there are as many as values, and few files. */
export function encodeOrigins(origins: ReadonlyMap<string, SourceSpan>): string {
  const files = new Map<string, number>()
  const places: (string | number)[] = []
  for (const [path, { file, line, column, endLine, endColumn }] of origins) {
    const known = files.get(file)
    const number = known ?? files.size
    if (known === undefined) files.set(file, number)
    places.push(path, number, line, column, endLine, endColumn)
  }
  return JSON.stringify([[...files.keys()], places])
}

/** Reads what `encodeOrigins` wrote; undefined for anything else. */
export function decodeOrigins(text: string): ReadonlyMap<string, SourceSpan> | undefined {
  const [files, places] = listsIn(text)
  const origins = new Map<string, SourceSpan>()
  for (let at = 0; at < places.length; at += FIELDS) {
    const [path, number, ...span] = places.slice(at, at + FIELDS)
    const [line, column, endLine, endColumn] = span.filter(isNumber)
    const file: unknown = isNumber(number) ? files[number] : undefined
    if (typeof path !== 'string' || typeof file !== 'string') return undefined
    if (line === undefined || column === undefined || endLine === undefined || endColumn === undefined) {
      return undefined
    }
    origins.set(path, { file, line, column, endLine, endColumn })
  }
  return origins
}

/** Of one place: its path, the number of its file, its lines and columns. */
const FIELDS = 6

function listsIn(text: string): readonly [readonly unknown[], readonly unknown[]] {
  try {
    const value: unknown = JSON.parse(text)
    const [files, places]: readonly unknown[] = Array.isArray(value) ? value : []
    return [Array.isArray(files) ? files : [], Array.isArray(places) ? places : [undefined]]
  } catch (error) {
    if (error instanceof SyntaxError) return [[], [undefined]]
    throw error
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
