import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { type ForwardAttempt, sourceSocket } from './forward-attempt.ts'
import { isReplyTo, withId } from './query-id.ts'

/**
 * Asks one upstream and returns its reply under the query's own id, or undefined when there is none in time.
 *
 * Each query has a socket of its own, so that a forged reply must guess its port as well as its id (RFC 5452), and
 * the socket is connected, so that the kernel drops what comes from elsewhere and reports a closed port at once.
 */
export function forwardOverUdp(attempt: ForwardAttempt): Promise<Buffer | undefined> {
  const { packet, upstream, timeoutMs } = attempt
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
  const source = sourceSocket(attempt, 'datagram')
  const socket = createSocket(isIPv6(upstream.address) ? 'udp6' : 'udp4')
  const query = withId(packet, randomInt(0x1_0000))
  let isOpen = true
  const finish = (reply: Buffer | undefined) => {
    if (!isOpen) return
    isOpen = false
    clearTimeout(timer)
    socket.close()
    resolve(reply)
  }
  const timer = setTimeout(() => finish(undefined), timeoutMs)
  socket.on('error', () => finish(undefined))
  socket.on('message', reply => {
    if (isReplyTo(query, reply)) finish(withId(reply, packet.readUInt16BE(0)))
  })
  socket.on('connect', () => {
    if (isOpen) socket.send(query)
  })
  if (source.fd !== undefined) socket.bind({ fd: source.fd })
  socket.connect(upstream.port, upstream.address)
  return promise
}
