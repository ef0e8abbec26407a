import { randomInt } from 'node:crypto'
import { Socket } from 'node:net'
import { type ForwardAttempt, sourceSocket } from './forward-attempt.ts'
import { FrameReader, frame } from './frame.ts'
import { isReplyTo, withId } from './query-id.ts'

/** Asks one upstream and returns its reply under the query's own id, or undefined when there is none in time. */
export function forwardOverTcp(attempt: ForwardAttempt): Promise<Buffer | undefined> {
  const { packet, upstream, timeoutMs } = attempt
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
  const query = withId(packet, randomInt(0x1_0000))
  const frames = new FrameReader()
  // Node would read from an adopted socket at once, which only a connected one allows.
  const unconnected = { ...sourceSocket(attempt, 'stream'), manualStart: true }
  const socket = new Socket(unconnected)
  const finish = (reply: Buffer | undefined) => {
    clearTimeout(timer)
    socket.destroy()
    resolve(reply)
  }
  const timer = setTimeout(() => finish(undefined), timeoutMs)
  socket.on('error', () => finish(undefined))
  socket.on('end', () => finish(undefined))
  socket.on('data', chunk => {
    const reply = frames.push(chunk).find(message => isReplyTo(query, message))
    if (reply !== undefined) finish(withId(reply, packet.readUInt16BE(0)))
  })
  socket.connect(upstream.port, upstream.address, () => socket.write(frame(query)))
  return promise
}
