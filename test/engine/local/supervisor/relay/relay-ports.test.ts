import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { relayPorts } from '../../../../../src/engine/local/supervisor/relay/relay-ports.ts'
import { boundSocket } from '../../../../support/bound-socket.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const fail = (error: unknown) => {
  throw error
}

/** Relays a port of ::1 to `port` of 127.0.0.1. */
async function relayTo(protocol: 'tcp' | 'udp', port: number) {
  const held = boundSocket(protocol, '::1')
  const other = boundSocket(protocol, '::1')
  const clock = new FakeClock()
  const keeper = {
    lend: async () => [
      { name: 'a/port/0', fd: held.fd },
      { name: 'a/port/00', fd: other.fd },
    ],
  }
  const relay = { socket: 'a/port/0', hostIp: '::1', protocol, address: '127.0.0.1', port }
  const relaying = await relayPorts({ keeper, clock, relays: [relay], onError: fail })
  return { relaying, clock, port: held.port, otherFd: other.fd }
}

async function listening(serve: (client: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

test('relayPorts() passes bytes on both ways, and each end by itself', async () => {
  const { server, port } = await listening(async client => client.end(`got ${await text(client)}`))
  const { relaying, port: held, otherFd } = await relayTo('tcp', port)
  expect(existsSync(`/proc/self/fd/${otherFd}`)).toBe(false)
  const client = connect({ host: '::1', port: held, allowHalfOpen: true })
  client.end('a'.repeat(100_000))
  expect(await text(client)).toBe(`got ${'a'.repeat(100_000)}`)
  await relaying[Symbol.asyncDispose]()
  server.close()
})

test('relayPorts() resets a connection that the target refuses', async () => {
  const { server, port } = await listening(() => {})
  server.close()
  await once(server, 'close')
  const { relaying, port: held } = await relayTo('tcp', port)
  const client = connect({ host: '::1', port: held })
  const [error] = await once(client, 'error')
  expect(error).toMatchObject({ code: 'ECONNRESET' })
  await relaying[Symbol.asyncDispose]()
})

test('relayPorts() ends its connections when it is disposed', async () => {
  const { server, port } = await listening(client => client.write('hello'))
  const { relaying, port: held } = await relayTo('tcp', port)
  const client = connect({ host: '::1', port: held })
  await once(client, 'data')
  const closed = once(client, 'error')
  await relaying[Symbol.asyncDispose]()
  expect((await closed)[0]).toMatchObject({ code: 'ECONNRESET' })
  server.close()
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

test('relayPorts() gives each client of UDP its own answers, until nothing came for long', async () => {
  const { socket, clients } = await udpServer()
  const { relaying, clock, port } = await relayTo('udp', socket.address().port)
  const [one, other] = [createSocket('udp6'), createSocket('udp6')]
  expect(await Promise.all([ask(one, port, 'one'), ask(other, port, 'other')])).toEqual([
    'one back',
    'other back',
  ])
  await clock.advance(60_000)
  await ask(one, port, 'again')
  await clock.advance(60_000)
  await ask(one, port, 'again')
  expect(clients.size).toBe(2)
  await ask(other, port, 'again')
  expect(clients.size).toBe(3)
  one.close()
  other.close()
  await relaying[Symbol.asyncDispose]()
  socket.close()
})
