import { connect, createServer, type Socket } from 'node:net'
import { serveConnections } from '../serve-connections.ts'

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
  // Nothing of a client is read before the target takes it.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, client =>
    join(client, connect({ host: address, port, allowHalfOpen: true, noDelay: true })),
  )
  return await serveConnections(server, fd, {
    onError,
    end: client => client.resetAndDestroy(),
    backlog: BACKLOG,
  })
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
