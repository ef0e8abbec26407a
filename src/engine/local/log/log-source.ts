import type { ContainerState } from '../../../model/observed-state.ts'
import type { LogLine, LogOrigin } from '../../engine.ts'
import type { LogReader } from './log-reader.ts'
import type { PastEnds } from './past-ends.ts'

/** A container whose log can be read. */
export interface LogSource extends LogOrigin {
  readonly logPath: string
  /** RFC 3339 with nanoseconds, UTC; earlier lines are left out. @default none is */
  readonly since?: string
  /** Folder in which the keeper writes down starts and ends. */
  readonly stateDir: string
  /** What the container does, whether its making has been noted or not. */
  readonly state: ContainerState
}

/** The containers of a project whose logs can be read. */
export interface LogSources {
  /** Folders in which new containers show up. */
  readonly folders: readonly string[]
  /** Returns the containers there are at this moment. */
  list(): readonly LogSource[]
  /** Tells whether a command is changing the project, so that a container may be about to start. */
  isBusy(): boolean
  /** Returns the number of the last file in the log of `container` that is of another one; 0 if none is. */
  inheritedLogs(container: string): number
  /** Returns the ends of runs as far as they were written down, for the caller to dispose of. */
  pastEnds(): Pick<PastEnds, 'keep' | 'of'> & Disposable
}

/** Yields what `reader` finds in the log of `source`. */
export function* linesOf(
  source: LogOrigin & Pick<LogSource, 'since'>,
  reader: LogReader,
): Generator<LogLine, void, undefined> {
  const { container, name, service, number, since } = source
  for (const { stream, time, text, partial } of reader.read()) {
    if (since !== undefined && time < since) continue
    yield { kind: 'line', container, name, service, number, stream, time, text, ...(partial && { partial }) }
  }
}
