import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type Ipv4Peer, ipv4Peer, UdpDatagrams } from '../../../../linux/udp-datagrams.ts'
import type { Resolver } from './resolver.ts'

/** How many queries are answered before others have their turn. */
const MOST_AT_ONCE = 32

/** Each query is answered, or copied, before the next one takes its place. */
const query = Buffer.alloc(0x1_0000)

/**
 * Answers DNS on `fd`, a bound UDP socket of IPv4 that becomes the server's own. Node tells of a first query; those that
 * wait behind it are taken without it, and all are answered without it.
 *
 * @param onError is called with errors after the start; they end nothing.
 */
export async function serveUdp(
  fd: number,
  resolver: Resolver,
  onError: (error: Error) => void,
): Promise<AsyncDisposable> {
  const socket = createSocket('udp4')
  const datagrams = new UdpDatagrams(fd)
  const answer = (packet: Buffer, peer: Ipv4Peer) => {
    const reply = resolver.resolve(packet, 'udp')
    if (Buffer.isBuffer(reply)) datagrams.send(reply, peer)
    else if (reply !== undefined) void answerLater(reply, Buffer.from(peer))
  }
  const answerLater = async (coming: Promise<Buffer>, peer: Ipv4Peer) => {
    const reply = await coming
    if (!isClosed) datagrams.send(reply, peer)
  }
  socket.on('message', (packet, client) => {
    answer(packet, ipv4Peer(client.address, client.port))
    for (let taken = 1; taken < MOST_AT_ONCE && !isClosed; taken++) {
      const length = datagrams.receive(query)
      if (length < 0) return
      answer(query.subarray(0, length), datagrams.peer)
    }
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
