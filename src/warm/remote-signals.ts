import { constants } from 'node:os'
import type { Caller } from './caller.ts'
import { exitReply, REPLY } from './protocol.ts'

/** SIGINT and SIGTERM of a front, in place of those of this process. */
export class RemoteSignals {
  readonly #caller: Caller
  readonly #listeners = new Set<(name: NodeJS.Signals) => void>()
  readonly #over = new AbortController()

  constructor(caller: Caller) {
    this.#caller = caller
    void this.#follow()
  }

  /** Calls `listener` from now on; while nobody listens, a signal ends the front and this process at once. */
  on(listener: (name: NodeJS.Signals) => void): void {
    if (this.#listeners.size === 0) this.#caller.send(REPLY.watch)
    this.#listeners.add(listener)
  }

  off(listener: (name: NodeJS.Signals) => void): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size === 0) this.#caller.send(REPLY.unwatch)
  }

  /** Ends the command and this process where they are. */
  end(exitCode: number): void {
    void this.#caller.end(exitReply(exitCode)).finally(() => process.exit(exitCode))
  }

  /** Listens to nothing more. */
  dispose(): void {
    this.#listeners.clear()
    this.#over.abort()
  }

  /**
   * A front that has gone was killed, or its terminal was closed. That ends a command which has a process of its own, and
   * what it was doing is completed by the next one; here it ends this process.
   */
  async #follow(): Promise<void> {
    for (;;) {
      const byte = await this.#caller.take(1, this.#over.signal)
      if (this.#over.signal.aborted) return
      if (byte === undefined) process.kill(process.pid, 'SIGKILL')
      else this.#emit(nameOf(byte[0] ?? 0))
    }
  }

  #emit(name: NodeJS.Signals): void {
    for (const listener of [...this.#listeners]) listener(name)
  }
}

function nameOf(number: number): NodeJS.Signals {
  return number === constants.signals.SIGTERM ? 'SIGTERM' : 'SIGINT'
}
