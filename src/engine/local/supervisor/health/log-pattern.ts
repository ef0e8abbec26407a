import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LogPiece } from '../../log/line-joiner.ts'
import { LogReader } from '../../log/log-reader.ts'

/** Lines between two looks at what else there is to do. */
const LINES_PER_TURN = 1000

/** Characters of a line that are looked at: a pattern may take long on a long one. */
const LOOKED_AT = 10_000

/** A program may write before its start is noted; no earlier run ends so shortly before. */
const EARLIEST_MS = 50

/** Looks for a line in the log of one run of a container. */
export class LogPattern implements Disposable {
  readonly #reader: LogReader
  readonly #pattern: RegExp
  readonly #since: string
  /** What an earlier call has left. */
  #unread: Generator<LogPiece, void, undefined> | undefined
  #found: string | undefined

  /** Lines before `since`, milliseconds since the epoch, are of earlier runs. */
  constructor(logPath: string, pattern: string, since: number) {
    this.#reader = new LogReader(logPath)
    this.#pattern = new RegExp(pattern, 'u')
    this.#since = new Date(since - EARLIEST_MS).toISOString().replace('Z', '000000Z')
  }

  /** Returns the first line that matches, of those written so far; undefined if none does. */
  async find(signal: AbortSignal): Promise<string | undefined> {
    if (this.#found !== undefined) return this.#found
    this.#unread ??= this.#reader.read()
    for (let lines = 1; !signal.aborted; lines += 1) {
      const { done, value } = this.#unread.next()
      if (done === true) {
        this.#unread = undefined
        break
      }
      if (value.time >= this.#since && this.#pattern.test(value.text.slice(0, LOOKED_AT))) {
        this.#found = value.text
        break
      }
      if (lines % LINES_PER_TURN === 0) await nextTurn()
    }
    return this.#found
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]()
  }
}
