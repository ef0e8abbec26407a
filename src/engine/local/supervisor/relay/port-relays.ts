import { closeSync } from 'node:fs'
import type { LiveRelay } from '../../state/live-record.ts'
import type { Clock } from '../clock.ts'
import type { KeeperPort } from '../keeper-port.ts'
import type { RelayProcess } from './relay-process.ts'

export interface PortRelaysOptions {
  readonly keeper: Pick<KeeperPort, 'lend'>
  readonly clock: Clock
  /** Starts the program; `onEnd` is called once when it has ended, unless it was told to. */
  readonly start: (onEnd: () => void) => Promise<RelayProcess>
  readonly onError: (error: unknown) => void
}

/** Between the end of a relay that was not told to end and the start of the next. */
const RESTART_MS = 1000

/**
 * Has what comes to held sockets of published ports passed on, by one process for all containers of a project. It runs while
 * there is something to relay, and again if it ends; the keeper continues to hold the sockets.
 */
export class PortRelays implements Disposable {
  readonly #options: PortRelaysOptions
  readonly #relays = new Map<number, LiveRelay>()
  #process: Promise<RelayProcess> | undefined
  #cancelRestart: (() => void) | undefined
  #lastId = 0

  constructor(options: PortRelaysOptions) {
    this.#options = options
  }

  /** Relays until what it returns is disposed of: connections that are open then are reset. */
  async add(relay: LiveRelay): Promise<Disposable> {
    const id = ++this.#lastId
    this.#relays.set(id, relay)
    await this.#send(this.#running(), id, relay)
    return { [Symbol.dispose]: () => this.#remove(id) }
  }

  [Symbol.dispose](): void {
    this.#relays.clear()
    this.#end()
  }

  #running(): Promise<RelayProcess> {
    if (this.#process !== undefined) return this.#process
    const starting = this.#options.start(() => this.#restartLater())
    this.#process = starting
    starting.catch(() => {
      if (this.#process === starting) this.#process = undefined
    })
    return starting
  }

  async #send(running: Promise<RelayProcess>, id: number, relay: LiveRelay): Promise<void> {
    const program = await running
    const fd = await this.#borrow(relay.socket)
    try {
      if (this.#relays.has(id)) await program.add(id, relay, fd)
    } finally {
      closeSync(fd)
    }
  }

  /** What is lent goes by a prefix of names. */
  async #borrow(socket: string): Promise<number> {
    const lent = await this.#options.keeper.lend(socket)
    for (const { name, fd } of lent) if (name !== socket) closeSync(fd)
    const found = lent.find(({ name }) => name === socket)
    if (found !== undefined) return found.fd
    throw new Error(`Cannot relay what comes to "${socket}": the keeper holds no such socket`)
  }

  #remove(id: number): void {
    if (!this.#relays.delete(id)) return
    if (this.#relays.size === 0) this.#end()
    else this.#process?.then(program => program.remove(id)).catch(this.#options.onError)
  }

  #end(): void {
    this.#cancelRestart?.()
    this.#cancelRestart = undefined
    this.#process?.then(
      program => program.end(),
      () => {},
    )
    this.#process = undefined
  }

  #restartLater(): void {
    this.#process = undefined
    this.#cancelRestart = this.#options.clock.after(RESTART_MS, () => {
      this.#cancelRestart = undefined
      for (const [id, relay] of this.#relays)
        this.#send(this.#running(), id, relay).catch(this.#options.onError)
    })
  }
}
