import type { Range } from './logical-line.ts'

/** A field of a line of CSV, and where it is in the line. */
export interface CsvField extends Range {
  readonly text: string
}

/** Reads one line of CSV as Go's encoding/csv does. Returns undefined if its quotes are wrong, or if it is empty. */
export function readCsvFields(line: string): readonly CsvField[] | undefined {
  if (line === '') return undefined
  const fields: CsvField[] = []
  let start = 0
  for (;;) {
    const field = line[start] === '"' ? readQuoted(line, start) : readBare(line, start)
    if (field === undefined) return undefined
    fields.push(field)
    if (field.end >= line.length) return fields
    start = field.end + 1
  }
}

function readBare(line: string, start: number): CsvField | undefined {
  const comma = line.indexOf(',', start)
  const end = comma === -1 ? line.length : comma
  const text = line.slice(start, end)
  return text.includes('"') ? undefined : { text, start, end }
}

/** In quotes, two quotes are one. */
function readQuoted(line: string, start: number): CsvField | undefined {
  let index = start + 1
  while (index < line.length) {
    const quote = line.indexOf('"', index)
    if (quote === -1) return undefined
    if (line[quote + 1] === '"') {
      index = quote + 2
      continue
    }
    const end = quote + 1
    if (end < line.length && line[end] !== ',') return undefined
    return { text: line.slice(start + 1, quote).replaceAll('""', '"'), start, end }
  }
  return undefined
}
