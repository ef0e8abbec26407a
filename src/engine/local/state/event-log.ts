import { readSoundFile } from '../../../disk/regular-file.ts'
import { appendEvent } from './append-event.ts'
import { type EventRecord, parseEventLine } from './event-record.ts'

/** What a supervisor that was started again reports too. */
const ONCE: ReadonlySet<string> = new Set(['start', 'die'])
/** Two of each container, and far more containers than a project has at once. */
const MOST_REMEMBERED = 8192

/**
 * The events of a project, appended to a file. A start or an end that the file holds already is not written again: a
 * restarted supervisor reports what happened meanwhile, and nothing twice.
 */
export class EventLog {
  readonly #path: string
  readonly #mostBytes: number | undefined
  /** Time of the last start and end, by container and action. */
  readonly #latest = new Map<string, number>()
  /** Time of the oldest event that was kept, where older ones were not. */
  readonly #oldest: number

  constructor(path: string, mostBytes?: number) {
    this.#path = path
    this.#mostBytes = mostBytes
    this.#oldest = this.#recall(readSoundFile(`${path}.1`) ?? '') ?? 0
    this.#recall(readSoundFile(path) ?? '')
  }

  append(event: EventRecord): void {
    const key = `${event.id} ${event.action}`
    const isOnce = ONCE.has(event.action)
    if (isOnce && event.time <= (this.#latest.get(key) ?? 0)) return
    if (isOnce && event.time < this.#oldest) return
    if (isOnce) this.#remember(key, event.time)
    appendEvent(this.#path, event, this.#mostBytes)
  }

  /** Returns the time of the first event. */
  #recall(text: string): number | undefined {
    let first: number | undefined
    for (const line of text.split('\n')) {
      const event = parseEventLine(line)
      first ??= event?.time
      if (event !== undefined && ONCE.has(event.action))
        this.#remember(`${event.id} ${event.action}`, event.time)
    }
    return first
  }

  /** The longest without an event goes first: containers come and go while a supervisor runs. */
  #remember(key: string, time: number): void {
    this.#latest.delete(key)
    this.#latest.set(key, time)
    const [oldest] = this.#latest.keys()
    if (this.#latest.size > MOST_REMEMBERED && oldest !== undefined) this.#latest.delete(oldest)
  }
}
