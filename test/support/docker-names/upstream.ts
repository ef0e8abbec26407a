import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { decode, encode } from 'dns-packet'

/** What the resolver beyond the containers answers to any question for an address: TEST-NET-1 of RFC 5737. */
export const UPSTREAM_ANSWER = '192.0.2.99'

/** Answers on UDP and TCP until disposed: `UPSTREAM_ANSWER` to type A, and no such name to the rest. */
export async function serveUpstream(address: string): Promise<AsyncDisposable> {
  const socket: Socket = createSocket('udp4')
  socket.on('message', (packet, from) => socket.send(answerTo(packet), from.port, from.address))
  socket.bind(53, address)
  await once(socket, 'listening')
  const server = createServer(client => {
    client.on('error', () => client.destroy())
    client.on('data', chunk => {
      const reply = answerTo(chunk.subarray(2))
      const length = Buffer.alloc(2)
      length.writeUInt16BE(reply.length)
      client.end(Buffer.concat([length, reply]))
    })
  }).listen(53, address)
  await once(server, 'listening')
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      socket.close()
      await closed
    },
  }
}

function answerTo(packet: Buffer): Buffer {
  const query = decode(packet)
  const [question] = query.questions ?? []
  if (question === undefined) return packet
  const isAddress = question.type === 'A'
  return encode({
    type: 'response',
    id: query.id ?? 0,
    flags: 0x180 | (isAddress ? 0 : 3),
    questions: [question],
    answers: isAddress ? [{ type: 'A', name: question.name, ttl: 60, data: UPSTREAM_ANSWER }] : [],
  })
}

if (process.argv[1] === import.meta.filename) {
  await using _server = await serveUpstream(process.argv[2] ?? '')
  process.stdout.write('ready\n')
  await once(process.stdin.resume(), 'end')
}
