import { createServer, type Socket } from 'node:net'
import { serveConnections } from '../serve-connections.ts'
import { FrameReader, frame } from './frame.ts'
import type { Resolver } from './resolver.ts'

const MOST_CONNECTIONS = 32
const MOST_OPEN_QUERIES = 16
const MOST_WAITING_BYTES = 256 * 1024
const IDLE_MS = 10_000

/**
 * Answers DNS on `fd`, a bound and listening TCP socket that becomes the server's own.
 *
 * @param onError is called with errors after the start; they end nothing.
 */
export async function serveTcp(
  fd: number,
  resolver: Resolver,
  onError: (error: Error) => void,
): Promise<AsyncDisposable> {
  const server = createServer(client => serveClient(client, resolver))
  server.maxConnections = MOST_CONNECTIONS
  return await serveConnections(server, fd, { onError, end: client => client.destroy() })
}

/** A client that asks faster than it reads is cut off. */
function serveClient(client: Socket, resolver: Resolver): void {
  const frames = new FrameReader()
  let open = 0
  const answer = async (packet: Buffer) => {
    const reply = await resolver.resolve(packet, 'tcp')
    if (reply !== undefined && !client.destroyed) client.write(frame(reply))
  }
  client.setTimeout(IDLE_MS, () => client.destroy())
  client.on('error', () => client.destroy())
  client.on('data', chunk => {
    for (const packet of frames.push(chunk)) {
      open++
      void answer(packet).then(() => open--)
    }
    if (open > MOST_OPEN_QUERIES || client.writableLength > MOST_WAITING_BYTES) client.destroy()
  })
}
