import type { LogLine } from '../../engine.ts'

/** Merges `streams`, each sorted by time, into one; the pieces of a line stay together. */
export function* mergeByTime(
  streams: readonly Iterator<LogLine, void>[],
): Generator<LogLine, void, undefined> {
  const heads = streams.flatMap(stream => nextHead(stream))
  while (heads.length > 0) {
    const first = heads.reduce((earliest, head) => (head.line.time < earliest.line.time ? head : earliest))
    yield first.line
    const next = first.line.partial ? yield* untilWhole(first.stream) : nextHead(first.stream)
    heads.splice(heads.indexOf(first), 1, ...next)
  }
}

/** Yields what follows a piece of a line, up to its end, and returns what comes next. */
function* untilWhole(stream: Iterator<LogLine, void>): Generator<LogLine, Head[], undefined> {
  for (;;) {
    const [head] = nextHead(stream)
    if (head === undefined) return []
    yield head.line
    if (!head.line.partial) return nextHead(stream)
  }
}

interface Head {
  readonly line: LogLine
  readonly stream: Iterator<LogLine, void>
}

function nextHead(stream: Iterator<LogLine, void>): Head[] {
  const next = stream.next()
  return next.done === true ? [] : [{ line: next.value, stream }]
}
