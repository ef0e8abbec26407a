import { type Connection, disconnectContainers } from './endpoint.ts'

/**
 * Gathers the disconnections of one turn of the event loop into one call, since deleting fifty interfaces takes no
 * longer than deleting one. Belongs to one engine; the calls happen in the main thread's network namespace.
 */
export class DisconnectQueue {
  #waiting: Connection[] = []
  #turn: Promise<void> | undefined

  /** As `disconnectContainers`, for one container. */
  disconnect(connection: Connection): Promise<void> {
    this.#waiting.push(connection)
    this.#turn ??= this.#nextTurn()
    return this.#turn
  }

  async #nextTurn(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    const connections = this.#waiting
    this.#waiting = []
    this.#turn = undefined
    disconnectContainers(connections)
  }
}
