import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Resolver } from './resolver.ts'

/** Replies that wait for a full socket buffer; what comes on top is dropped, as UDP may. */
const MOST_WAITING_REPLIES = 64

/**
 * Answers DNS on `fd`, a bound UDP socket that becomes the server's own.
 *
 * @param onError is called with errors after the start; they end nothing.
 */
export async function serveUdp(
  fd: number,
  resolver: Resolver,
  onError: (error: Error) => void,
): Promise<AsyncDisposable> {
  const socket = createSocket('udp4')
  socket.on('message', (packet, client) => {
    resolver.resolve(packet, 'udp', reply => {
      if (isClosed || socket.getSendQueueCount() >= MOST_WAITING_REPLIES) return
      socket.send(reply, client.port, client.address, ignoreUndelivered)
    })
  })
  let isClosed = false
  // Node reports an adopted socket from within bind().
  const listening = once(socket, 'listening')
  socket.bind({ fd })
  await listening
  socket.on('error', onError)
  return {
    [Symbol.asyncDispose]: async () => {
      isClosed = true
      await new Promise<void>(resolve => socket.close(resolve))
    },
  }
}

/** A client that is gone, or its whole namespace, has no use for its reply. */
function ignoreUndelivered(): void {}
