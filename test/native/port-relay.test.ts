import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync, readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../../scripts/project-root.ts'
import { systemClock } from '../../src/engine/local/supervisor/clock.ts'
import {
  type RelayProcess,
  startRelayProcess,
} from '../../src/engine/local/supervisor/relay/relay-process.ts'
import { boundSocket } from '../support/bound-socket.ts'
import { buildSanitizedKeeper } from './keeper-fixture.ts'

beforeAll(buildSanitizedKeeper)

class Relay implements Disposable {
  readonly process: RelayProcess
  /** Resolves when the program has ended by itself. */
  readonly ended: Promise<void>
  #lastId = 0

  private constructor(process: RelayProcess, ended: Promise<void>) {
    this.process = process
    this.ended = ended
  }

  static async start(): Promise<Relay> {
    const ended = Promise.withResolvers<void>()
    const program = join(projectRoot, 'build/native/port-relay-asan')
    const started = await startRelayProcess({
      ...{ program, runDir: '/run/shop', clock: systemClock },
      onEnd: ended.resolve,
    })
    return new Relay(started, ended.promise)
  }

  /** Relays a port of ::1 to `port` of 127.0.0.1. */
  async to(protocol: 'tcp' | 'udp', port: number): Promise<{ readonly port: number; readonly id: number }> {
    const held = boundSocket(protocol, '::1')
    const id = ++this.#lastId
    await this.process.add(id, { socket: 'held', protocol, address: '127.0.0.1', port }, held.fd)
    closeSync(held.fd)
    return { port: held.port, id }
  }

  [Symbol.dispose](): void {
    this.process.end()
  }
}

async function listening(serve: (client: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, client => {
    client.on('error', () => {})
    serve(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

test('the relay passes bytes on both ways, and each end by itself', async () => {
  const { server, port } = await listening(async client => client.end(`got ${await text(client)}`))
  using relay = await Relay.start()
  const held = await relay.to('tcp', port)
  const sent = 'a'.repeat(3_000_000)
  const client = connect({ host: '::1', port: held.port, allowHalfOpen: true })
  client.end(sent)
  expect((await text(client)) === `got ${sent}`).toBe(true)
  server.close()
})

test('the relay keeps what a slow reader does not take, and reads no further meanwhile', async () => {
  const size = 20_000_000
  const { server, port } = await listening(client => client.end(Buffer.alloc(size, 'b')))
  using relay = await Relay.start()
  const held = await relay.to('tcp', port)
  const client = connect({ host: '::1', port: held.port })
  let received = 0
  client.on('data', data => {
    received += data.length
    client.pause()
    setImmediate(() => client.resume())
  })
  await once(client, 'close')
  expect(received).toBe(size)
  server.close()
})

test('the relay resets a connection that the target refuses', async () => {
  const { server, port } = await listening(() => {})
  server.close()
  await once(server, 'close')
  using relay = await Relay.start()
  const held = await relay.to('tcp', port)
  const client = connect({ host: '::1', port: held.port })
  const [error] = await once(client, 'error')
  expect(error).toMatchObject({ code: 'ECONNRESET' })
})

test('the relay resets the connection of an end whose other end breaks', async () => {
  const { server, port } = await listening(client => client.once('data', () => client.resetAndDestroy()))
  using relay = await Relay.start()
  const held = await relay.to('tcp', port)
  const client = connect({ host: '::1', port: held.port })
  client.write('x')
  const [error] = await once(client, 'error')
  expect(error).toMatchObject({ code: 'ECONNRESET' })
  server.close()
})

test('the relay ends the connections of a port that is removed, and serves the others', async () => {
  const { server, port } = await listening(client => client.write('hello'))
  using relay = await Relay.start()
  const [gone, kept] = [await relay.to('tcp', port), await relay.to('tcp', port)]
  const client = connect({ host: '::1', port: gone.port })
  await once(client, 'data')
  const closed = once(client, 'error')
  await relay.process.remove(gone.id)
  expect((await closed)[0]).toMatchObject({ code: 'ECONNRESET' })
  const [refused] = await once(connect({ host: '::1', port: gone.port }), 'error')
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
  const other = connect({ host: '::1', port: kept.port })
  await once(other, 'data')
  other.destroy()
  server.close()
})

test('the relay has no rights of root', async () => {
  const { server, port } = await listening(client => client.write('hello'))
  using relay = await Relay.start()
  const client = connect({ host: '::1', port: (await relay.to('tcp', port)).port })
  await once(client, 'data')
  const status = readFileSync(`/proc/${relay.process.pid}/status`, 'utf8')
  expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m)
  expect(status).toMatch(/^Groups:\t *$/m)
  expect(status).toMatch(/^CapPrm:\t0+$/m)
  expect(status).toMatch(/^NoNewPrivs:\t1$/m)
  client.destroy()
  server.close()
})

test('the relay reports that it has ended by itself', async () => {
  using relay = await Relay.start()
  process.kill(relay.process.pid, 'SIGKILL')
  await relay.ended
})

async function udpServer(): Promise<{ readonly socket: UdpSocket; readonly clients: Set<number> }> {
  const clients = new Set<number>()
  const socket = createSocket('udp4')
  socket.on('message', (packet, { port, address }) => {
    clients.add(port)
    socket.send(`${packet} back`, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { socket, clients }
}

async function ask(client: UdpSocket, port: number, packet: string): Promise<string> {
  const answer = once(client, 'message')
  client.send(packet, port, '::1')
  return String((await answer)[0])
}

test('the relay gives each client of UDP its own answers, by a socket that stays its own', async () => {
  const { socket, clients } = await udpServer()
  using relay = await Relay.start()
  const { port } = await relay.to('udp', socket.address().port)
  const [one, other] = [createSocket('udp6'), createSocket('udp6')]
  expect(await Promise.all([ask(one, port, 'one'), ask(other, port, 'other')])).toEqual([
    'one back',
    'other back',
  ])
  expect(await ask(one, port, 'again')).toBe('again back')
  expect(clients.size).toBe(2)
  one.close()
  other.close()
  socket.close()
})
