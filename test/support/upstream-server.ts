import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { decode, encode } from 'dns-packet'
import { FrameReader, frame } from './dns-frames.ts'

/** What an upstream says to a query, in order. */
export type Behaviour = (query: Buffer) => readonly Buffer[]

/** A name server of the test on a port of 127.0.0.1, UDP or TCP. */
export interface UpstreamServer extends AsyncDisposable {
  readonly address: string
  readonly port: number
  /** What it was asked. */
  readonly asked: readonly Buffer[]
  /** The ports that asked. */
  readonly ports: ReadonlySet<number>
}

/** Has one address for every name. */
export function answering(address: string): Behaviour {
  return query => {
    const { id, questions } = decode(query)
    const name = questions?.[0]?.name ?? ''
    return [
      encode({
        type: 'response',
        id: id ?? 0,
        questions: questions ?? [],
        answers: [{ type: 'A', name, data: address }],
      }),
    ]
  }
}

/** Has a code of RFC 1035, 4.1.1, for every query. */
export function failing(code: number): Behaviour {
  return query => {
    const reply = Buffer.from(query)
    reply.writeUInt16BE(0x8000 | code, 2)
    return [reply]
  }
}

export const silent: Behaviour = () => []

export async function udpUpstream(behaviour: Behaviour): Promise<UpstreamServer> {
  const socket = createSocket('udp4')
  const asked: Buffer[] = []
  const ports = new Set<number>()
  socket.on('message', (query, client) => {
    asked.push(query)
    ports.add(client.port)
    for (const reply of behaviour(query)) socket.send(reply, client.port, client.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    ...{ address: '127.0.0.1', port: socket.address().port, asked, ports },
    [Symbol.asyncDispose]: async () => void socket.close(),
  }
}

export async function tcpUpstream(behaviour: Behaviour): Promise<UpstreamServer> {
  const asked: Buffer[] = []
  const ports = new Set<number>()
  await using opened = new AsyncDisposableStack()
  const server = createServer(client => {
    const frames = new FrameReader()
    ports.add(client.remotePort ?? 0)
    client.on('error', () => {})
    client.on('data', chunk => {
      for (const query of frames.push(chunk)) {
        asked.push(query)
        for (const reply of behaviour(query)) client.write(frame(reply))
      }
    })
    closing.defer(() => void client.destroy())
  })
  const closing = opened.move()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.defer(() => void server.close())
  const { port } = server.address() as AddressInfo
  return {
    ...{ address: '127.0.0.1', port, asked, ports },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}
