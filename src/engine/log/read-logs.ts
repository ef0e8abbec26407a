import type { LogLine, LogOptions } from '../engine.ts'
import { ChangeWatcher, KEEPER_LOOK_MS } from '../state/change-watcher.ts'
import { LogReader } from './log-reader.ts'

/** A container whose log can be read. */
export interface LogSource extends Pick<LogLine, 'container' | 'name' | 'service' | 'number'> {
  readonly logPath: string
  /** Folder in which the keeper writes down starts and ends. */
  readonly stateDir: string
  /** More may come: the process runs, or will be started again. */
  readonly isLive: boolean
}

export interface LogSources {
  /** Folder in which a new container shows up. */
  readonly containersDir: string
  /** Returns the containers there are at this moment. */
  list(): readonly LogSource[]
}

/**
 * Yields what is written, oldest first across containers, then, with `follow`, what comes, until no container is live
 * or `signal` aborts. `untilAborted` goes on when none is live, for one that is about to start.
 */
export async function* readLogs(
  sources: LogSources,
  options: LogOptions,
): AsyncGenerator<LogLine, void, undefined> {
  const readers = new Map<string, LogReader>()
  using watcher = new ChangeWatcher()
  try {
    yield* backlog(sources.list(), readers, options.tail)
    if (!options.follow) return
    watcher.add(sources.containersDir)
    while (await watcher.changed(options.signal)) {
      // The end of a keeper changes no file.
      watcher.noticeAfter(KEEPER_LOOK_MS)
      const current = sources.list()
      for (const source of current) {
        watcher.add(source.logPath)
        watcher.add(source.stateDir)
        yield* linesOf(source, readerOf(source, readers))
      }
      if (!options.untilAborted && !current.some(source => source.isLive)) return
    }
    for (const source of sources.list()) yield* linesOf(source, readerOf(source, readers))
  } finally {
    for (const reader of readers.values()) reader[Symbol.dispose]()
  }
}

function* backlog(
  sources: readonly LogSource[],
  readers: Map<string, LogReader>,
  tail: number | undefined,
): Generator<LogLine, void, undefined> {
  yield* mergeByTime(sources.map(source => linesOf(source, readerOf(source, readers, tail))))
}

function readerOf(source: LogSource, readers: Map<string, LogReader>, tail?: number): LogReader {
  const known = readers.get(source.container)
  if (known !== undefined) return known
  const reader = new LogReader(source.logPath, tail)
  readers.set(source.container, reader)
  return reader
}

function* linesOf(source: LogSource, reader: LogReader): Generator<LogLine, void, undefined> {
  const { container, name, service, number } = source
  for (const { stream, time, text, partial } of reader.read())
    yield { container, name, service, number, stream, time, text, ...(partial && { partial }) }
}

/** Merges `streams`, each sorted by time, into one; the pieces of a line stay together. */
function* mergeByTime(streams: readonly Iterator<LogLine, void>[]): Generator<LogLine, void, undefined> {
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
