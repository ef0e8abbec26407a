import type { LogLine } from '../../engine.ts'
import { LogReader } from './log-reader.ts'
import { type LogSources, linesOf } from './log-source.ts'
import { mergeByTime } from './merge-by-time.ts'

/** Yields what was written until the call, or the last `tail` lines of each container, oldest first across containers. */
export async function* readLogs(
  sources: Pick<LogSources, 'list'>,
  tail: number | undefined,
): AsyncGenerator<LogLine, void, undefined> {
  using readers = new DisposableStack()
  const streams = sources
    .list()
    .map(source => linesOf(source, readers.use(new LogReader(source.logPath, { tail }))))
  yield* mergeByTime(streams)
}
