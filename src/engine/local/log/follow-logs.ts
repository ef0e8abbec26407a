import { setTimeout as delay } from 'node:timers/promises'
import { ChangeWatcher, KEEPER_LOOK_MS } from '../../../disk/change-watcher.ts'
import type { FollowOptions, LogEvent, LogLine, LogOrigin } from '../../engine.ts'
import { LOST_LOOK_MS } from '../state/lost-end.ts'
import { LogReader, type LogReaderOptions } from './log-reader.ts'
import { type LogSource, type LogSources, linesOf } from './log-source.ts'
import { mergeByTime } from './merge-by-time.ts'
import type { PastEnd } from './past-ends.ts'
import { type RunLook, RunWatch } from './run-watch.ts'

/**
 * Follows the containers of `sources`, those that show up later from their first line on, as `Engine.follow` says. Each
 * end comes behind the last line of its run.
 */
export function followLogs(
  sources: LogSources,
  options: FollowOptions,
): AsyncGenerator<LogEvent, void, undefined> {
  return new LogFollower(sources, options).events()
}

/** Looks take a fifth of the time at most. */
const REST_PER_LOOK = 4
const LONGEST_REST_MS = 200

/** A container that is followed. */
interface Followed {
  readonly origin: LogSource
  /** Undefined for a service that is silent. */
  readonly reader: LogReader | undefined
  readonly runs: RunWatch
}

/** A container and what a look at it has found. */
interface Sighting {
  readonly followed: Followed
  readonly look: RunLook
}

class LogFollower implements Disposable {
  readonly #sources: LogSources
  readonly #options: FollowOptions
  readonly #followed = new Map<string, Followed>()
  readonly #watcher = new ChangeWatcher()
  readonly #pastEnds: ReturnType<LogSources['pastEnds']>
  /** How long the last look took. */
  #lookMs = 0

  constructor(sources: LogSources, options: FollowOptions) {
    this.#sources = sources
    this.#options = options
    this.#pastEnds = sources.pastEnds()
    for (const source of sources.list()) this.#begin(source)
    options.hold?.addEventListener('abort', () => this.#watcher.notice(), { once: true })
  }

  async *events(): AsyncGenerator<LogEvent, void, undefined> {
    try {
      yield* this.#backlog()
      for (let isLive = true; await this.#watcher.changed(this.#options.signal); ) {
        // The end of a keeper changes no file.
        this.#watcher.noticeAfter(KEEPER_LOOK_MS)
        // Asked before the look: what is started afterwards, and by whom, the look may miss.
        const mayStart = isLive || this.#mayStart()
        isLive = yield* this.#look()
        if (!isLive && !mayStart) return
        if (!isLive && !this.#mayStart()) this.#watcher.notice()
        await this.#rest()
      }
      yield* this.#look()
    } finally {
      this[Symbol.dispose]()
    }
  }

  [Symbol.dispose](): void {
    this.#watcher[Symbol.dispose]()
    this.#pastEnds[Symbol.dispose]()
    for (const { reader } of this.#followed.values()) reader?.[Symbol.dispose]()
    this.#followed.clear()
  }

  /** Many containers that start at once change files all the time, and every look is at all of them. */
  async #rest(): Promise<void> {
    const { signal } = this.#options
    await delay(Math.min(LONGEST_REST_MS, this.#lookMs * REST_PER_LOOK), undefined, { signal }).catch(
      () => {},
    )
  }

  #mayStart(): boolean {
    const { hold } = this.#options
    return (hold !== undefined && !hold.aborted) || this.#sources.isBusy()
  }

  /** What has no log yet writes all of it later. */
  #begin(source: LogSource): void {
    const { tail } = this.#options
    const followed = this.#follow(source, { tail })
    if (followed.reader?.open() === false) this.#followWhole(source)
    this.#followed.get(source.container)?.runs.begin(source.state)
  }

  /** What it took over of the container that it replaces was shown as that one's. */
  #followWhole(source: LogSource): Followed {
    return this.#follow(source, { after: () => this.#sources.inheritedLogs(source.container) })
  }

  #follow(source: LogSource, options: LogReaderOptions): Followed {
    const { container, service, logPath } = source
    const isSilent = this.#options.silent?.includes(service) ?? false
    const followed: Followed = {
      origin: source,
      reader: isSilent ? undefined : new LogReader(logPath, options),
      runs: new RunWatch((after, before) => this.#pastEnds.of(container, { after, before })),
    }
    this.#followed.set(container, followed)
    return followed
  }

  #backlog(): Generator<LogLine, void, undefined> {
    return mergeByTime(
      [...this.#followed.values()].flatMap(({ origin, reader }) =>
        reader === undefined ? [] : [linesOf(origin, reader)],
      ),
    )
  }

  /** Yields what is new, and returns whether anything lives that keeps the stream open. */
  *#look(): Generator<LogEvent, boolean, undefined> {
    const { silent = [] } = this.#options
    for (const folder of this.#sources.folders) this.#watcher.add(folder)
    // A project that goes takes the files along that tell of its ends.
    this.#pastEnds.keep()
    const began = performance.now()
    const current = this.#sources.list()
    this.#lookMs = performance.now() - began
    yield* this.#leave(current)
    const sightings = current.map(source => this.#sight(source))
    if (sightings.some(({ look }) => look.isPending)) this.#watcher.noticeAfter(LOST_LOOK_MS)
    for (const { followed, look } of sightings.toSorted((a, b) => firstEnd(a) - firstEnd(b)))
      yield* eventsOf(followed, look.ends)
    return sightings.some(({ followed, look }) => look.isLive && !silent.includes(followed.origin.service))
  }

  /** The log is complete when an end is to be seen, so the state is read first. */
  #sight(source: LogSource): Sighting {
    this.#watcher.add(source.stateDir)
    const followed = this.#followed.get(source.container) ?? this.#followWhole(source)
    if (followed.reader !== undefined) this.#watcher.add(source.logPath)
    return { followed, look: followed.runs.look(source.state) }
  }

  /** A log that was removed can be read to its end as long as it is open. */
  *#leave(current: readonly LogSource[]): Generator<LogEvent, void, undefined> {
    const ids = new Set<string>(current.map(({ container }) => container))
    for (const [id, followed] of this.#followed) {
      if (ids.has(id)) continue
      yield* eventsOf(followed, followed.runs.leave())
      followed.reader?.[Symbol.dispose]()
      this.#followed.delete(id)
      this.#watcher.remove(followed.origin.logPath)
      this.#watcher.remove(followed.origin.stateDir)
    }
  }
}

function firstEnd({ look }: Sighting): number {
  return look.ends[0]?.finishedAt ?? Number.MAX_SAFE_INTEGER
}

/**
 * What a process leaves in its pipes is read within moments of its end, and no policy starts it again sooner than
 * 100 ms: a line that is later than that is from the next run.
 */
const DRAIN_MS = 50

function* eventsOf(
  { origin, reader }: Followed,
  ends: readonly PastEnd[],
): Generator<LogEvent, void, undefined> {
  const waiting = ends.map(end => ({ end, until: new Date(end.finishedAt + DRAIN_MS).toISOString() }))
  for (const line of reader === undefined ? [] : linesOf(origin, reader)) {
    for (let [next] = waiting; next !== undefined && line.time > next.until; [next] = waiting) {
      yield runEnd(origin, next.end)
      waiting.shift()
    }
    yield line
  }
  for (const { end } of waiting) yield runEnd(origin, end)
}

function runEnd(
  { container, name, service, number }: LogOrigin,
  { exitCode, isRestarting, outOfMemory = false }: PastEnd,
): LogEvent {
  return {
    kind: 'end',
    container,
    name,
    service,
    number,
    exitCode,
    isRestarting,
    ...(outOfMemory && { outOfMemory }),
  }
}
