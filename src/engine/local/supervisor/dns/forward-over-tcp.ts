import { randomInt } from 'node:crypto'
import { connect } from 'node:net'
import type { ForwardAttempt } from './forward-attempt.ts'
import { FrameReader, frame } from './frame.ts'
import { isReplyTo, withId } from './query-id.ts'

/** Asks one upstream and returns its reply under the query's own id, or undefined when there is none in time. */
export function forwardOverTcp({ packet, upstream, timeoutMs }: ForwardAttempt): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
  const id = randomInt(0x1_0000)
  const frames = new FrameReader()
  const socket = connect(upstream.port, upstream.address, () => socket.write(frame(withId(packet, id))))
  const finish = (reply: Buffer | undefined) => {
    clearTimeout(timer)
    socket.destroy()
    resolve(reply)
  }
  const timer = setTimeout(() => finish(undefined), timeoutMs)
  socket.on('error', () => finish(undefined))
  socket.on('end', () => finish(undefined))
  socket.on('data', chunk => {
    const reply = frames.push(chunk).find(message => isReplyTo(id, message))
    if (reply !== undefined) finish(withId(reply, packet.readUInt16BE(0)))
  })
  return promise
}
