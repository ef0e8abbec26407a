import { type Connection, disconnectContainers } from '../network/endpoint.ts'
import { SharedTask } from './shared-task.ts'

/**
 * Disconnects containers many at a time: the kernel waits once for all interfaces that go in one request, and as long
 * for a single one.
 */
export class DisconnectQueue {
  #waiting: Connection[] = []
  readonly #flush = new SharedTask(async () => {
    const connections = this.#waiting
    this.#waiting = []
    disconnectContainers(connections)
  })

  /** Resolves when the container's namespace file and interfaces are gone. */
  disconnect(connection: Connection): Promise<void> {
    this.#waiting.push(connection)
    return this.#flush.run()
  }
}
