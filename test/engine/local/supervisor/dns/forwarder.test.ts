import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync } from 'node:fs'
import { createServer } from 'node:net'
import { decode, encode } from 'dns-packet'
import { afterEach, describe, expect, test } from 'vitest'
import { Forwarder } from '../../../../../src/engine/local/supervisor/dns/forwarder.ts'
import { FrameReader, frame } from '../../../../../src/engine/local/supervisor/dns/frame.ts'
import type { Upstream } from '../../../../../src/engine/local/supervisor/dns/upstreams.ts'
import { boundSocket } from '../../../../support/bound-socket.ts'

const packet = encode({ type: 'query', id: 7, flags: 0x100, questions: [{ type: 'A', name: 'example.org' }] })

let cleanUp = new AsyncDisposableStack()
afterEach(async () => {
  await cleanUp.disposeAsync()
  cleanUp = new AsyncDisposableStack()
})

/** What an upstream does with a query: gives an address, a code, or nothing. */
type Behaviour = (query: Buffer) => readonly Buffer[]

const answering =
  (address: string): Behaviour =>
  query => {
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
const failing =
  (code: number): Behaviour =>
  query => {
    const reply = Buffer.from(query)
    reply.writeUInt16BE(0x8000 | code, 2)
    return [reply]
  }
const silent: Behaviour = () => []
const forging: Behaviour = query => {
  const [truth = Buffer.alloc(0)] = answering('1.1.1.1')(query)
  const [lie = Buffer.alloc(0)] = answering('6.6.6.6')(query)
  lie.writeUInt16BE((lie.readUInt16BE(0) + 1) & 0xffff, 0)
  return [Buffer.from('nonsense'), lie, truth]
}

async function udpUpstream(behaviour: Behaviour): Promise<Upstream & { readonly asked: () => number }> {
  const socket = createSocket('udp4')
  let asked = 0
  socket.on('message', (query, client) => {
    asked++
    for (const reply of behaviour(query)) socket.send(reply, client.port, client.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  cleanUp.defer(() => void socket.close())
  return { address: '127.0.0.1', port: socket.address().port, asked: () => asked }
}

async function tcpUpstream(behaviour: Behaviour): Promise<Upstream> {
  const server = createServer(client => {
    const frames = new FrameReader()
    cleanUp.defer(() => void client.destroy())
    client.on('data', chunk => {
      for (const query of frames.push(chunk)) for (const reply of behaviour(query)) client.write(frame(reply))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.defer(() => void server.close())
  const address = server.address()
  return { address: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0 }
}

async function forward(upstreams: readonly Upstream[], transport: 'udp' | 'tcp' = 'udp') {
  const outcome = await new Forwarder({ inFlight: 4, totalMs: 200 }).forward({ packet, upstreams, transport })
  if (outcome.kind !== 'answered') return outcome.kind
  const { id, answers } = decode(outcome.packet)
  expect(id).toBe(7)
  const [answer] = answers ?? []
  return answer?.type === 'A' ? answer.data : `code ${outcome.packet.readUInt16BE(2) & 0xf}`
}

describe('Forwarder.forward() over UDP', () => {
  test('returns the answer under the id of the query', async () => {
    expect(await forward([await udpUpstream(answering('1.1.1.1'))])).toBe('1.1.1.1')
  })
  test('waits on after nonsense and replies to another id', async () => {
    expect(await forward([await udpUpstream(forging)])).toBe('1.1.1.1')
  })
  for (const { what, behaviour } of [
    { what: 'is silent', behaviour: silent },
    { what: 'says SERVFAIL', behaviour: failing(2) },
    { what: 'says REFUSED', behaviour: failing(5) },
  ]) {
    test(`asks the next upstream when one ${what}`, async () => {
      expect(await forward([await udpUpstream(behaviour), await udpUpstream(answering('2.2.2.2'))])).toBe(
        '2.2.2.2',
      )
    })
  }
  test('asks the next upstream when a port is closed', async () => {
    const closed = boundSocket('udp')
    closeSync(closed.fd)
    const upstream = { address: '127.0.0.1', port: closed.port }
    expect(await forward([upstream, await udpUpstream(answering('2.2.2.2'))])).toBe('2.2.2.2')
  })
  test('asks nobody else when one says that the name does not exist', async () => {
    const second = await udpUpstream(answering('2.2.2.2'))
    expect(await forward([await udpUpstream(failing(3)), second])).toBe('code 3')
    expect(second.asked()).toBe(0)
  })
  test('asks a single upstream twice', async () => {
    const upstream = await udpUpstream(silent)
    expect(await forward([upstream])).toBe('failed')
    expect(upstream.asked()).toBe(2)
  })
  test('returns the last trouble when no upstream knows better', async () => {
    expect(await forward([await udpUpstream(failing(5)), await udpUpstream(silent)])).toBe('code 5')
  })
  test('fails when a socket cannot be had', async () => {
    expect(await forward([{ address: '127.0.0.1', port: 70_000 }])).toBe('failed')
  })
  test('fails at once without an upstream', async () => expect(await forward([])).toBe('failed'))
  test('refuses what is over its limit and goes on afterwards', async () => {
    const upstream = await udpUpstream(silent)
    const forwarder = new Forwarder({ inFlight: 2, totalMs: 100 })
    const ask = () => forwarder.forward({ packet, upstreams: [upstream], transport: 'udp' })
    const outcomes = await Promise.all([ask(), ask(), ask(), ask()])
    expect(outcomes.map(outcome => outcome.kind)).toEqual(['failed', 'failed', 'refused', 'refused'])
    expect((await ask()).kind).toBe('failed')
  })
})

describe('Forwarder.forward() over TCP', () => {
  test('returns the answer under the id of the query', async () => {
    expect(await forward([await tcpUpstream(answering('1.1.1.1'))], 'tcp')).toBe('1.1.1.1')
  })
  test('asks the next upstream when one is silent', async () => {
    expect(await forward([await tcpUpstream(silent), await tcpUpstream(answering('2.2.2.2'))], 'tcp')).toBe(
      '2.2.2.2',
    )
  })
})
