import { LogReader } from './log-reader.ts'

/** Characters of a line that an error message shows. */
const SHOWN_CHARACTERS = 1000

/**
 * Returns the text of the last `count` lines of a CRI log file, oldest first, each cut to 1000 characters; none if it is
 * not there.
 */
export function lastLogLines(path: string, count: number): readonly string[] {
  using reader = new LogReader(path, { tail: count })
  const lines: string[] = []
  const going = new Set<string>()
  for (const { text, stream, partial } of reader.read()) {
    if (!going.has(stream)) lines.push(cut(text))
    if (partial) going.add(stream)
    else going.delete(stream)
  }
  return lines.slice(-count)
}

function cut(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text
}
