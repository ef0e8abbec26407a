import { once } from 'node:events'
import type { Server, Socket } from 'node:net'

/** What is done about connections, apart from what each is for. */
export interface ConnectionService {
  /** Called with errors after the start; they end nothing. */
  readonly onError: (error: Error) => void
  /** Ends a connection that is open when the service is disposed of. */
  readonly end: (client: Socket) => void
  /** Connections that may wait to be taken. @default that of Node */
  readonly backlog?: number
}

/** Has `server` take connections on `fd`, a bound and listening TCP socket that becomes its own, until it is disposed of. */
export async function serveConnections(
  server: Server,
  fd: number,
  { onError, end, backlog }: ConnectionService,
): Promise<AsyncDisposable> {
  const clients = new Set<Socket>()
  server.on('connection', client => {
    clients.add(client)
    client.once('close', () => clients.delete(client))
  })
  server.listen({ fd, ...(backlog !== undefined && { backlog }) })
  await once(server, 'listening')
  server.on('error', onError)
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const client of clients) end(client)
      await closed
    },
  }
}
