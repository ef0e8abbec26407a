import { constants } from 'node:os'
import type { Caller } from './caller.ts'
import { exitReply, REPLY } from './protocol.ts'

/** The signals of a front, in place of those of this process. */
export class RemoteSignals {
  readonly #caller: Caller
  readonly #resized = new Set<() => void>()
  readonly #listeners = new Set<(name: NodeJS.Signals) => void>()
  readonly #over = new AbortController()

  constructor(caller: Caller) {
    this.#caller = caller
    void this.#follow()
  }

  /**
   * Calls `listener` for SIGINT and SIGTERM from now on, with `others` for SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 too. While
   * nobody listens, a signal ends the front and this process at once.
   */
  on(listener: (name: NodeJS.Signals) => void, { others = false }: { readonly others?: boolean } = {}): void {
    if (this.#listeners.size === 0) this.#caller.send(REPLY.watch)
    if (others) this.#caller.send(REPLY.watchOthers)
    this.#listeners.add(listener)
  }

  /** Calls `listener` whenever the terminal of the front has another size. */
  onResize(listener: () => void): void {
    this.#resized.add(listener)
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
    this.#resized.clear()
    // Without a reason Node makes an exception with a stack.
    this.#over.abort('disposed')
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
      else this.#emit(byte[0] ?? 0)
    }
  }

  #emit(number: number): void {
    const name = NAMES.get(number)
    if (name === 'SIGWINCH') for (const listener of this.#resized) listener()
    else if (name !== undefined) for (const listener of [...this.#listeners]) listener(name)
  }
}

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const

const NAMES: ReadonlyMap<number, NodeJS.Signals> = new Map(
  PASSED_ON.map(name => [constants.signals[name], name]),
)
