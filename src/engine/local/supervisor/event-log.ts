import { appendFileSync, renameSync } from 'node:fs'
import { readSoundFile } from '../../../disk/regular-file.ts'
import { type EventRecord, parseEventLine } from '../state/event-record.ts'

/** Bytes after which the file is put aside as `<path>.1`, replacing the one before. */
const MOST_BYTES = 1024 * 1024

/**
 * The events of a project, appended to a file. A start or an end that the file holds already is not written again: a
 * restarted supervisor reports what happened meanwhile, and nothing twice.
 */
export class EventLog {
  readonly #path: string
  readonly #mostBytes: number
  /** Time of the last event by container and action. */
  readonly #latest = new Map<string, number>()
  #bytes: number
  /** A crash may have cut the last line short. */
  #isLineOpen: boolean

  constructor(path: string, mostBytes: number = MOST_BYTES) {
    this.#path = path
    this.#mostBytes = mostBytes
    this.#recall(readSoundFile(`${path}.1`) ?? '')
    const text = readSoundFile(path) ?? ''
    this.#recall(text)
    this.#bytes = Buffer.byteLength(text)
    this.#isLineOpen = text !== '' && !text.endsWith('\n')
  }

  append(event: EventRecord): void {
    const key = `${event.id} ${event.action}`
    const isOnce = event.action === 'start' || event.action === 'die'
    if (isOnce && event.time <= (this.#latest.get(key) ?? 0)) return
    this.#latest.set(key, event.time)
    const line = `${this.#isLineOpen ? '\n' : ''}${JSON.stringify(event)}\n`
    this.#isLineOpen = false
    if (this.#bytes > 0 && this.#bytes + line.length > this.#mostBytes) this.#rotate()
    appendFileSync(this.#path, line, { mode: 0o600 })
    this.#bytes += Buffer.byteLength(line)
  }

  #recall(text: string): void {
    for (const line of text.split('\n')) {
      const event = parseEventLine(line)
      if (event !== undefined) this.#latest.set(`${event.id} ${event.action}`, event.time)
    }
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`)
    this.#bytes = 0
  }
}
