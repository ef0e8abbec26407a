import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Of connections that wait to be taken; the kernel takes no more than net.core.somaxconn. */
const BACKLOG = 4096

/** A socket to take from, which becomes the relay's own, and where to pass on what comes. */
export interface RelayTarget {
  readonly fd: number
  readonly address: string
  readonly port: number
  /** Called with errors after the start; they end nothing. */
  readonly onError: (error: unknown) => void
}

/** Takes connections on a bound and listening TCP socket, and makes one to the target for each. */
export async function relayTcp({ fd, address, port, onError }: RelayTarget): Promise<AsyncDisposable> {
  const clients = new Set<Socket>()
  // Nothing of a client is read before the target takes it.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, client => {
    clients.add(client)
    client.once('close', () => clients.delete(client))
    join(client, connect({ host: address, port, allowHalfOpen: true, noDelay: true }))
  })
  server.listen({ fd, backlog: BACKLOG })
  await once(server, 'listening')
  server.on('error', onError)
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const client of clients) client.resetAndDestroy()
      await closed
    },
  }
}

/** Each end that one side makes is made on the other; what breaks on one side is reset on the other. */
function join(client: Socket, target: Socket): void {
  client.on('error', () => target.resetAndDestroy())
  target.on('error', () => client.resetAndDestroy())
  client.once('close', () => target.destroy())
  target.once('close', () => client.destroySoon())
  target.once('connect', () => {
    client.pipe(target)
    target.pipe(client)
  })
}
