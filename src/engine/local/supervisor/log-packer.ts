import { fullLogNumbers } from '../log/log-files.ts'
import { packLog } from '../log/pack-log.ts'
import type { Clock } from './clock.ts'

/** The log of a container, and who hears of what went wrong with it. */
export interface PackedLogOptions {
  readonly path: string
  readonly onError: (error: unknown) => void
}

/** A watch for full files would be woken by each line that is written. */
const LOOK_MS = 10_000

/** Packs the full files of logs, one at a time, whatever containers they are of. */
export class LogPacker {
  readonly #clock: Clock
  #last: Promise<void> = Promise.resolve()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Packs the full files that the log has and those that come, until disposed. */
  keepPacked(options: PackedLogOptions): Disposable {
    const stopping = new AbortController()
    let cancel = (): void => {}
    const look = (): void => {
      void this.#pack(options, stopping.signal).then(() => {
        if (!stopping.signal.aborted) cancel = this.#clock.after(LOOK_MS, look)
      })
    }
    look()
    return {
      [Symbol.dispose]: () => {
        stopping.abort()
        cancel()
      },
    }
  }

  /** Never rejects. */
  #pack({ path, onError }: PackedLogOptions, signal: AbortSignal): Promise<void> {
    this.#last = this.#last.then(async () => {
      for (const number of fullLogNumbers(path)) {
        if (!signal.aborted) await packLog(path, number).catch(onError)
      }
    })
    return this.#last
  }
}
