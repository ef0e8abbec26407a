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
  #untyped: Buffer = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined

  constructor(master: number) {
    this.#master = master
  }

  /** Types `keys` behind those that wait for room. */
  type(keys: Buffer): void {
    this.#untyped = Buffer.concat([this.#untyped, keys])
    if (this.#timer === undefined) this.#typeOn()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    closeSync(this.#master)
  }

  #typeOn(): void {
    this.#timer = undefined
    try {
      while (this.#untyped.length > 0)
        this.#untyped = this.#untyped.subarray(writeSync(this.#master, this.#untyped))
    } catch (error) {
      if (errnoNameOf(error) === 'EAGAIN') this.#timer = setTimeout(() => this.#typeOn(), AGAIN_MS)
      // Nobody has the terminal open any more.
      else this.#untyped = Buffer.alloc(0)
    }
  }
}
