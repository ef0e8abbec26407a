import { LogReader } from './log-reader.ts'

/** Returns the text of the last `count` lines of a CRI log file, oldest first; none if it is not there. */
export function lastLogLines(path: string, count: number): readonly string[] {
  using reader = new LogReader(path)
  const kept: string[] = []
  for (const { text } of reader.read()) {
    kept.push(text)
    if (kept.length > count) kept.shift()
  }
  return kept
}
