import { closeSync, writeSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'

/** After that time a terminal that was full is tried again. */
const AGAIN_MS = 5

/**
 * Types into the terminal behind `master`, a descriptor that becomes its own. The keeper reads from the same open file and
 * must never wait for it, so that stays non-blocking: a stream of node:tty would have both block.
 */
export class TerminalInput implements Disposable {
  readonly #master: number
  readonly #onRoom: () => void
  #untyped: Buffer = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined

  /** @param onRoom Called when keys that have waited are typed. */
  constructor(master: number, onRoom: () => void = () => {}) {
    this.#master = master
    this.#onRoom = onRoom
  }

  /** Types `keys` behind those that wait for room, and returns whether none waits. */
  type(keys: Buffer): boolean {
    this.#untyped = Buffer.concat([this.#untyped, keys])
    if (this.#timer === undefined) this.#typeOn()
    return this.#untyped.length === 0
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    closeSync(this.#master)
  }

  #typeAgain(): void {
    this.#timer = undefined
    this.#typeOn()
    if (this.#untyped.length === 0) this.#onRoom()
  }

  #typeOn(): void {
    try {
      while (this.#untyped.length > 0)
        this.#untyped = this.#untyped.subarray(writeSync(this.#master, this.#untyped))
    } catch (error) {
      if (errnoNameOf(error) === 'EAGAIN') this.#timer = setTimeout(() => this.#typeAgain(), AGAIN_MS)
      // Nobody has the terminal open any more.
      else this.#untyped = Buffer.alloc(0)
    }
  }
}
