import { readSoundFile } from '../../../disk/regular-file.ts'
import { appendEvent } from '../state/append-event.ts'
import { type EventRecord, parseEventLine } from '../state/event-record.ts'

/**
 * The events of a project, appended to a file. A start or an end that the file holds already is not written again: a
 * restarted supervisor reports what happened meanwhile, and nothing twice.
 */
export class EventLog {
  readonly #path: string
  readonly #mostBytes: number | undefined
  /** Time of the last event by container and action. */
  readonly #latest = new Map<string, number>()

  constructor(path: string, mostBytes?: number) {
    this.#path = path
    this.#mostBytes = mostBytes
    this.#recall(readSoundFile(`${path}.1`) ?? '')
    this.#recall(readSoundFile(path) ?? '')
  }

  append(event: EventRecord): void {
    const key = `${event.id} ${event.action}`
    const isOnce = event.action === 'start' || event.action === 'die'
    if (isOnce && event.time <= (this.#latest.get(key) ?? 0)) return
    this.#latest.set(key, event.time)
    appendEvent(this.#path, event, this.#mostBytes)
  }

  #recall(text: string): void {
    for (const line of text.split('\n')) {
      const event = parseEventLine(line)
      if (event !== undefined) this.#latest.set(`${event.id} ${event.action}`, event.time)
    }
  }
}
