import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync, readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { type Answer, decode, encode, type Question } from 'dns-packet'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../../scripts/project-root.ts'
import { libcFunction } from '../../src/linux/libc.ts'
import { boundSocket } from '../support/bound-socket.ts'
import { eventually } from '../support/eventually.ts'
import {
  answering,
  failing,
  silent,
  tcpUpstream,
  type UpstreamServer,
  udpUpstream,
} from '../support/upstream-server.ts'
import { buildSanitizedKeeper } from './keeper-fixture.ts'
import {
  type AskedPorts,
  askBy,
  askTcp,
  askUdp,
  beginning,
  folded,
  NameServerScene,
  named,
  told,
} from './name-server-fixture.ts'

const SANITIZED = 'build/native/name-server-asan'
const SHIPPED = 'dist/native/name-server'

beforeAll(() => {
  buildSanitizedKeeper()
  const built = spawnSync(process.execPath, ['scripts/build-native.ts'], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  expect(built.stderr).toBe('')
}, 120_000)

const OPT: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 4096,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}

function query(question: Question, additionals: Answer[] = [], id = 4242): Buffer {
  return encode({ type: 'query', id, flags: 0x100, questions: [question], additionals })
}

const A = (name: string) => query({ type: 'A', name })

const WEB = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
const addresses = (count: number, subnet: string) =>
  Array.from({ length: count }, (_, index) => `${subnet}.${index + 1}`)

/** What these tests ask for. */
const TOLD = [
  ...beginning(),
  named('web', ...WEB),
  named('shop-web-2', '10.0.0.2'),
  named('many', ...addresses(60, '10.0.1')),
  named('crowd', ...addresses(200, '10.0.2')),
  named('halted'),
  {
    kind: 'name',
    network: 1,
    name: folded('dual'),
    ipv4: [Uint8Array.from([10, 0, 3, 1])],
    ipv6: [Uint8Array.from([0xfd, ...Array.from({ length: 14 }, () => 0), 1])],
  },
  {
    kind: 'pointer',
    network: 1,
    name: folded('2.0.0.10.in-addr.arpa'),
    target: '\x0ashop-web-2\x0cshop_default',
  },
  { kind: 'pointer', network: 1, name: folded('9.9.0.10.in-addr.arpa'), target: undefined },
  { kind: 'serve' },
] as const

describe('the name server', () => {
  let scene: NameServerScene
  let ports: AskedPorts
  beforeAll(async () => {
    scene = await NameServerScene.start(SANITIZED)
    scene.process.send(TOLD)
    ports = scene.client()
  }, 120_000)
  afterAll(() => scene[Symbol.asyncDispose]())

  const reply = async (packet: Buffer) => told(await askUdp(ports.udp, packet))

  const cases = [
    { question: { type: 'A', name: 'web' }, data: WEB },
    { question: { type: 'A', name: 'WeB' }, data: WEB },
    { question: { type: 'A', name: 'shop-web-2.shop_default' }, data: ['10.0.0.2'] },
    { question: { type: 'A', name: 'SHOP-web-2.Shop_Default' }, data: ['10.0.0.2'] },
    { question: { type: 'AAAA', name: 'web' }, data: [] },
    { question: { type: 'A', name: 'dual' }, data: ['10.0.3.1'] },
    { question: { type: 'AAAA', name: 'dual' }, data: ['fd00::1'] },
    { question: { type: 'TXT', name: 'web' }, data: [] },
    { question: { type: 'SRV', name: 'web' }, data: [] },
    { question: { type: 'PTR', name: '2.0.0.10.in-addr.arpa' }, data: ['shop-web-2.shop_default'] },
    { question: { type: 'PTR', name: '2.0.0.10.IN-ADDR.arpa' }, data: ['shop-web-2.shop_default'] },
    { question: { type: 'PTR', name: '9.9.0.10.in-addr.arpa' }, data: [] },
    { question: { type: 'A', name: '2.0.0.10.in-addr.arpa' }, data: [] },
  ] as const
  for (const { question, data } of cases) {
    test(`answers ${question.type} ${question.name} with ${data.join(', ') || 'nothing'}`, async () => {
      const answered = await reply(query(question))
      expect(answered).toMatchObject({ type: 'response', id: 4242, flag_rd: true, flag_ra: true, code: 0 })
      expect(answered.flag_aa).toBe(false)
      expect(answered.questions).toEqual([{ ...question, class: 'IN' }])
      expect(answered.data.toSorted()).toEqual([...data].toSorted())
      for (const answer of answered.answers ?? [])
        expect(answer).toMatchObject({ type: question.type, name: question.name, ttl: 5 })
      expect(answered.additionals).toEqual([])
    })
  }
  test('answers ANY with the records of one type, and class ANY like that of the internet', async () => {
    const { answers } = await reply(query({ type: 'ANY' as 'A', name: 'dual' }))
    expect(answers?.map(({ type }) => type)).toEqual(['A'])
    expect((await reply(query({ type: 'A', name: 'dual', class: 'ANY' }))).data).toEqual(['10.0.3.1'])
  })
  test('tells each address first in its turn, whatever else is asked between', async () => {
    const firsts: unknown[] = []
    for (let turn = 0; turn < 6; turn++) {
      await reply(query({ type: 'AAAA', name: 'web' }))
      await reply(A('many'))
      firsts.push((await reply(A('web'))).data[0])
    }
    expect(new Set(firsts.slice(0, 3)).size).toBe(3)
    expect(firsts.slice(3)).toEqual(firsts.slice(0, 3))
  })
  test('has no address for containers of which none runs, at once', async () => {
    for (const name of ['halted', 'halted.shop_default'])
      expect(await reply(A(name))).toMatchObject({ code: 3, data: [], flag_ra: true })
  })
  test('knows no version of EDNS but the first, and has EDNS where it was asked with EDNS', async () => {
    expect(await reply(query({ type: 'A', name: 'web' }, [{ ...OPT, ednsVersion: 1 }]))).toMatchObject({
      code: 0,
      data: [],
      additionals: [{ type: 'OPT', extendedRcode: 1, ednsVersion: 0 }],
    })
    expect((await reply(query({ type: 'A', name: 'web' }, [OPT]))).additionals).toMatchObject([
      { type: 'OPT', udpPayloadSize: 4096, ednsVersion: 0 },
    ])
  })

  const within = (payload: number): Answer[] => [{ ...OPT, udpPayloadSize: payload }]
  for (const { name, additionals, limit, count } of [
    { name: 'many', additionals: [], limit: 512, count: 30 },
    { name: 'many', additionals: within(100), limit: 512, count: 29 },
    { name: 'many', additionals: within(700), limit: 700, count: 41 },
    { name: 'many', additionals: within(1232), limit: 1232, count: 60 },
    { name: 'crowd', additionals: within(65_535), limit: 4096, count: 200 },
    { name: 'crowd', additionals: within(1232), limit: 1232, count: 74 },
  ] as const) {
    const payload = additionals[0]?.type === 'OPT' ? ` by EDNS of ${additionals[0].udpPayloadSize}` : ''
    test(`tells ${name} within ${limit} bytes of UDP${payload}`, async () => {
      const packet = await askUdp(ports.udp, query({ type: 'A', name }, [...additionals]))
      expect(packet.length).toBeLessThanOrEqual(limit)
      expect(told(packet)).toMatchObject({ flag_tc: count < (name === 'many' ? 60 : 200) })
      expect(told(packet).data).toHaveLength(count)
      expect(told(packet).additionals).toHaveLength(additionals.length)
    })
  }
  test('answers several queries of one TCP connection, and all addresses', async () => {
    const [first, second] = await askTcp(ports.tcp, A('crowd'), query({ type: 'A', name: 'dual' }, [], 7))
    expect(told(first ?? Buffer.alloc(0)).data).toHaveLength(200)
    expect(told(second ?? Buffer.alloc(0))).toMatchObject({ id: 7, data: ['10.0.3.1'] })
  })
  test('answers a query of TCP that comes byte by byte, and one whose client has finished', async () => {
    const socket = connect({ port: ports.tcp, host: '127.0.0.1', allowHalfOpen: true })
    socket.setNoDelay()
    const packet = A('dual')
    for (const byte of [0, packet.length, ...packet]) {
      socket.write(Buffer.from([byte]))
      await new Promise(setImmediate)
    }
    socket.end()
    const chunks = await socket.toArray()
    expect(told(Buffer.concat(chunks).subarray(2)).data).toEqual(['10.0.3.1'])
  })
  test('fails at once for other names when there is no upstream', async () => {
    for (const question of [
      { type: 'A', name: 'example.org' },
      { type: 'PTR', name: '1.1.168.192.in-addr.arpa' },
      { type: 'A', name: 'web', class: 'CH' },
      { type: 'A', name: 'web.shop_other' },
    ] as const)
      expect(await reply(query(question))).toMatchObject({ code: 2, data: [] })
  })

  const plain = A('web')
  const withByte = (offset: number, value: number) => {
    const changed = Buffer.from(plain)
    changed[offset] = value
    return changed
  }
  const asking = (...labels: readonly string[]) =>
    Buffer.concat([
      plain.subarray(0, 12),
      ...labels.map(label => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
      Buffer.from([0, 0, 1, 0, 1]),
    ])
  for (const { what, packet, code } of [
    { what: 'a status request', packet: withByte(2, 0x10), code: 4 },
    { what: 'no question', packet: withByte(5, 0), code: 1 },
    { what: 'two questions', packet: withByte(5, 2), code: 1 },
    { what: 'a label of 64 bytes', packet: asking('a'.repeat(64)), code: 1 },
    {
      what: 'a name of 256 bytes',
      packet: asking('a'.repeat(63), 'a'.repeat(63), 'a'.repeat(63), 'a'.repeat(62)),
      code: 1,
    },
    {
      what: 'a name without end',
      packet: asking(...Array.from({ length: 60 }, () => 'a'.repeat(63))),
      code: 1,
    },
    { what: 'half a question', packet: plain.subarray(0, 14), code: 1 },
    { what: 'a count of answers that do not follow', packet: withByte(6, 0xff), code: 1 },
    {
      what: 'a name that points to itself',
      packet: Buffer.concat([plain.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]),
      code: 1,
    },
    { what: 'a query of 5000 bytes', packet: Buffer.concat([plain, Buffer.alloc(5000)]), code: 1 },
  ]) {
    test(`refuses ${what} with code ${code}, in no more bytes`, async () => {
      const answered = await askUdp(ports.udp, packet)
      expect(told(answered)).toMatchObject({ id: 4242, code })
      expect(answered.length).toBeLessThanOrEqual(packet.length)
    })
  }
  test('knows a name of 255 bytes, the longest there is', async () => {
    const longest = [63, 63, 63, 61].map(length => 'a'.repeat(length))
    expect(told(await askUdp(ports.udp, asking(...longest)))).toMatchObject({ code: 2 })
  })
  test('says nothing to a response, and to less than a header', async () => {
    const socket = createSocket('udp4')
    for (const packet of [withByte(2, 0x81), Buffer.alloc(0), plain.subarray(0, 7)])
      socket.send(packet, ports.udp, '127.0.0.1')
    expect(told(await askBy(socket, ports.udp, query({ type: 'A', name: 'dual' }, [], 9))).id).toBe(9)
    socket.close()
  })

  test('survives what is sent to it, and understands what a decoder does', async () => {
    const whole = query({ type: 'A', name: 'shop-web-2' }, [OPT])
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 })
    const socket = createSocket('udp4')
    const replies = new Map<number, Buffer>()
    socket.on('message', packet => replies.set(packet.readUInt16BE(0), packet))
    const sent = fc.sample(fc.tuple(damage, fc.nat(whole.length)), 3000).map(([bytes, length], id) => {
      const packet = Buffer.from(whole.subarray(0, length))
      for (const [offset, value] of bytes) if (offset < length) packet[offset] = value
      if (length >= 2) packet.writeUInt16BE(id, 0)
      return packet
    })
    for (const [index, packet] of sent.entries()) {
      socket.send(packet, ports.udp, '127.0.0.1')
      if (index % 50 === 0) await askUdp(ports.udp, A('dual'))
    }
    await askUdp(ports.udp, A('dual'))
    expect(replies.size).toBeGreaterThan(1000)
    for (const [id, packet] of replies) {
      const asked = sent[id] ?? Buffer.alloc(0)
      expect(packet.length).toBeLessThanOrEqual(whole.length + 32)
      if (decode(packet).answers?.length === 1)
        expect(decode(asked).questions).toEqual(decode(packet).questions)
    }
    socket.close()
  })
  test('survives nonsense over TCP', async () => {
    const streams = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 600 }), 100)
    for (const bytes of streams) {
      const socket = connect(ports.tcp, '127.0.0.1')
      socket.on('error', () => {})
      socket.on('data', () => {})
      socket.end(bytes)
      await once(socket, 'close')
    }
    expect((await reply(A('dual'))).data).toEqual(['10.0.3.1'])
  })
  test('takes 32 connections of a container, and serves others meanwhile', async () => {
    const other = scene.client()
    const sockets: Socket[] = []
    for (let count = 0; count < 40; count++) {
      const socket = connect(ports.tcp, '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      sockets.push(socket)
    }
    for (const socket of sockets) socket.resume()
    await eventually(async () => expect(sockets.filter(({ closed }) => closed)).toHaveLength(8))
    expect(await askTcp(other.tcp, A('dual'))).toHaveLength(1)
    for (const socket of sockets) socket.destroy()
    await eventually(async () => expect(await askTcp(ports.tcp, A('dual'))).toHaveLength(1))
  })
  test('ends a connection whose client does not read', async () => {
    const socket = connect(ports.tcp, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    await once(socket, 'connect')
    const packet = A('crowd')
    const framed = Buffer.concat([Buffer.from([0, packet.length]), packet])
    const feed = setInterval(() => {
      for (let count = 0; count < 500 && socket.writable; count++) socket.write(framed)
    }, 5)
    await eventually(async () => expect(socket.closed).toBe(true))
    clearInterval(feed)
    expect((await reply(A('dual'))).data).toEqual(['10.0.3.1'])
  })
  test('ends a connection that has a query longer than any real one', async () => {
    const socket = connect(ports.tcp, '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    socket.write(Buffer.from([0xff, 0xff, 1, 2, 3]))
    await once(socket, 'close')
  })
  test('has a container see other networks while it runs', async () => {
    const moved = scene.client()
    scene.process.send([
      { kind: 'network', network: 2, suffix: undefined },
      { kind: 'name', network: 2, name: folded('other'), ipv4: [Uint8Array.of(10, 1, 0, 1)], ipv6: [] },
      {
        ...{ kind: 'view', client: moved.client, forwards: false, networks: [2] },
        ...{ links: new Map([[folded('alias'), folded('other')]]), upstreams: undefined },
      },
    ])
    await eventually(async () => expect(told(await askUdp(moved.udp, A('alias'))).data).toEqual(['10.1.0.1']))
    expect(told(await askUdp(moved.udp, A('web')))).toMatchObject({ code: 2 })
    expect((await reply(A('web'))).data).toHaveLength(3)
  })
  test('follows changes, and knows links of one container alone', async () => {
    const linked = scene.client({
      links: new Map([
        [folded('sql'), folded('web')],
        [folded('dual'), folded('nobody')],
      ]),
    })
    expect(told(await askUdp(linked.udp, A('SQL'))).data).toHaveLength(3)
    expect(told(await askUdp(linked.udp, A('dual')))).toMatchObject({ code: 3 })
    expect(await reply(A('sql'))).toMatchObject({ code: 2 })
    scene.process.send([named('late', '10.0.9.9')])
    await eventually(async () => expect((await reply(A('late'))).data).toEqual(['10.0.9.9']))
    scene.process.send([{ kind: 'forget-name', network: 1, name: folded('late') }])
    await eventually(async () => expect(await reply(A('late'))).toMatchObject({ code: 2 }))
    scene.process.send([{ kind: 'forget-client', client: linked.client }])
    await eventually(async () => expect(await askTcp(linked.tcp, A('web')).catch(() => [])).toEqual([]))
  })
})

describe('an owner', () => {
  test('is asked what is new before a name is said not to be, once for many queries', async () => {
    await using scene = await NameServerScene.start(SANITIZED)
    const ports = scene.client({ networks: [] })
    scene.process.send([...beginning(), { kind: 'serve' }])
    const { udp } = scene.client()
    scene.onSync = () => [named('late', '10.0.0.9')]
    const replies = await Promise.all([A('late'), A('late'), A('nobody')].map(packet => askUdp(udp, packet)))
    expect(replies.map(packet => told(packet).data)).toEqual([['10.0.0.9'], ['10.0.0.9'], []])
    expect(scene.reports.filter(({ kind }) => kind === 'sync').length).toBeLessThanOrEqual(3)
    expect(told(await askTcp(ports.tcp, A('late')).then(([first]) => first ?? Buffer.alloc(0))).code).toBe(2)
  })
  test('that does not answer delays one query, and no more', async () => {
    await using scene = await NameServerScene.start(SANITIZED)
    scene.process.send([...beginning(), named('halted'), { kind: 'serve' }])
    const { udp } = scene.client()
    scene.onSync = undefined
    expect(told(await askUdp(udp, A('halted')))).toMatchObject({ code: 3 })
    const start = performance.now()
    for (let count = 0; count < 20; count++)
      expect(told(await askUdp(udp, A('other')))).toMatchObject({ code: 2 })
    expect(scene.reports).toHaveLength(1)
    expect(performance.now() - start).toBeLessThan(5000)
  })
  test('has queries wait until it has told all, and again after a reset', async () => {
    await using scene = await NameServerScene.start(SANITIZED)
    scene.process.send([...beginning()])
    const { udp } = scene.client()
    const early = askUdp(udp, A('web'))
    scene.process.send([named('web', '10.0.0.1'), { kind: 'serve' }])
    expect(told(await early).data).toEqual(['10.0.0.1'])
    scene.process.send([{ kind: 'reset' }, ...beginning()])
    const { udp: second } = scene.client()
    const later = askUdp(second, A('web'))
    scene.process.send([named('web', '10.0.0.2'), { kind: 'serve' }])
    expect(told(await later).data).toEqual(['10.0.0.2'])
  })
  for (const { what, orders } of [
    { what: 'a network that it has not told of', orders: [named('web', '10.0.0.1')] },
    { what: 'a network twice', orders: [...beginning(), ...beginning()] },
  ]) {
    test(`that speaks of ${what} ends the program`, async () => {
      await using scene = await NameServerScene.start(SANITIZED)
      scene.process.send(orders)
      await scene.ended
    })
  }
})

const packet = A('example.org')
let upstreams = new AsyncDisposableStack()
afterEach(async () => {
  await upstreams.disposeAsync()
  upstreams = new AsyncDisposableStack()
})

/** Asks a server that has these upstreams; `own`: as those of the container, whose sockets the owner makes. */
async function forward(
  servers: readonly Pick<UpstreamServer, 'address' | 'port'>[],
  { transport = 'udp', own = false }: { readonly transport?: 'udp' | 'tcp'; readonly own?: boolean } = {},
): Promise<unknown> {
  await using scene = await NameServerScene.start(SANITIZED)
  scene.onSockets = () => [looseSocket(transport), looseSocket(transport)]
  scene.process.send([...beginning(...(own ? [] : servers)), { kind: 'serve' }])
  const ports = scene.client({ networks: [], ...(own && { upstreams: servers }) })
  const [reply = Buffer.alloc(0)] =
    transport === 'udp' ? [await askUdp(ports.udp, packet)] : await askTcp(ports.tcp, packet)
  const { id, code, data, questions } = told(reply)
  expect(id).toBe(4242)
  expect(questions).toEqual([{ type: 'A', class: 'IN', name: 'example.org' }])
  return data[0] ?? `code ${code}`
}

const openSocket = libcFunction('int socket(int domain, int type, int protocol)')

/** A socket that is neither bound nor connected. */
function looseSocket(transport: 'udp' | 'tcp'): number {
  return openSocket(2, (transport === 'udp' ? 2 : 1) | 0o2000000, 0)
}

const udp = async (behaviour: Parameters<typeof udpUpstream>[0]) =>
  upstreams.use(await udpUpstream(behaviour))
const tcp = async (behaviour: Parameters<typeof tcpUpstream>[0]) =>
  upstreams.use(await tcpUpstream(behaviour))

const forging = (query: Buffer) => {
  const [truth = Buffer.alloc(0)] = answering('1.1.1.1')(query)
  const [lie = Buffer.alloc(0)] = answering('6.6.6.6')(query)
  const other = Buffer.from(lie)
  lie.writeUInt16BE((lie.readUInt16BE(0) + 1) & 0xffff, 0)
  other[13] = 'x'.charCodeAt(0)
  return [Buffer.from('nonsense'), Buffer.alloc(0), Buffer.alloc(2000, 0xff), query, lie, other, truth]
}

for (const own of [false, true]) {
  describe(`the name server forwards to upstreams of ${own ? 'the container' : 'the host'}`, () => {
    const ask = (servers: Parameters<typeof forward>[0], transport: 'udp' | 'tcp' = 'udp') =>
      forward(servers, { transport, own })

    test('and gives the answer under the id of the query', async () => {
      expect(await ask([await udp(answering('1.1.1.1'))])).toBe('1.1.1.1')
      expect(await ask([await tcp(answering('1.1.1.1'))], 'tcp')).toBe('1.1.1.1')
    })
    test('and waits on after nonsense, and replies to another id or question', async () => {
      expect(await ask([await udp(forging)])).toBe('1.1.1.1')
      expect(await ask([await tcp(forging)], 'tcp')).toBe('1.1.1.1')
    })
    for (const { what, behaviour } of [
      { what: 'is silent', behaviour: silent },
      { what: 'says SERVFAIL', behaviour: failing(2) },
      { what: 'says REFUSED', behaviour: failing(5) },
    ]) {
      test(`and asks the next when one ${what}`, async () => {
        expect(await ask([await udp(behaviour), await udp(answering('2.2.2.2'))])).toBe('2.2.2.2')
        expect(await ask([await tcp(behaviour), await tcp(answering('2.2.2.2'))], 'tcp')).toBe('2.2.2.2')
      }, 15_000)
    }
    test('and asks the next when a port is closed', async () => {
      for (const transport of ['udp', 'tcp'] as const) {
        const closed = boundSocket(transport)
        closeSync(closed.fd)
        const second = transport === 'udp' ? await udp(answering('2.2.2.2')) : await tcp(answering('2.2.2.2'))
        expect(await ask([{ address: '127.0.0.1', port: closed.port }, second], transport)).toBe('2.2.2.2')
      }
    })
    test('and asks nobody else when one says that the name does not exist', async () => {
      const second = await udp(answering('2.2.2.2'))
      expect(await ask([await udp(failing(3)), second])).toBe('code 3')
      expect(second.asked).toHaveLength(0)
    })
    test('and asks a single one twice, and fails before the client gives up', async () => {
      const upstream = await udp(silent)
      const start = performance.now()
      expect(await ask([upstream])).toBe('code 2')
      expect(performance.now() - start).toBeGreaterThan(4000)
      expect(upstream.asked).toHaveLength(2)
    }, 15_000)
    test('and gives the last trouble when no one knows better', async () => {
      expect(await ask([await udp(failing(5)), await udp(silent)])).toBe('code 5')
    }, 15_000)
  })
}

test("the name server leaves by another port for each query, with an id that is not the client's, and by sockets that it has had", async () => {
  await using scene = await NameServerScene.start(SANITIZED)
  const upstream = await udp(answering('1.1.1.1'))
  scene.onSockets = () => [looseSocket('udp')]
  scene.process.send([...beginning(), { kind: 'serve' }])
  const { udp: port } = scene.client({ upstreams: [upstream] })
  for (let count = 0; count < 20; count++) expect(told(await askUdp(port, packet)).data).toEqual(['1.1.1.1'])
  expect(upstream.ports.size).toBeGreaterThan(15)
  expect(new Set(upstream.asked.map(query => query.readUInt16BE(0))).size).toBeGreaterThan(15)
  expect(scene.reports.filter(({ kind }) => kind === 'sockets')).toHaveLength(1)
})

test('the name server passes a query and its answer on bit by bit', async () => {
  await using scene = await NameServerScene.start(SANITIZED)
  const answer = (query: Buffer) =>
    Buffer.concat([
      query.subarray(0, 2),
      Buffer.from([0x87, 0x80]),
      query.subarray(4, 29),
      Buffer.alloc(3000, 7),
    ])
  const upstream = await udp(query => [answer(query)])
  scene.process.send([...beginning(upstream), { kind: 'serve' }])
  const { udp: port } = scene.client()
  const odd = query({ type: 'NAPTR' as 'A', name: 'ExAmPlE.oRg' }, [{ ...OPT, flag_do: true, flags: 0x8000 }])
  const reply = await askUdp(port, odd)
  expect(upstream.asked.map(one => one.subarray(2))).toEqual([odd.subarray(2)])
  expect(reply).toEqual(answer(odd))
})

test('the name server asks nobody for a container that may not reach the outside, and fails at once', async () => {
  await using scene = await NameServerScene.start(SANITIZED)
  const upstream = await udp(answering('1.1.1.1'))
  scene.process.send([...beginning(upstream), named('web', '10.0.0.1'), { kind: 'serve' }])
  const [inside, outside] = [scene.client({ forwards: false }), scene.client()]
  expect(told(await askUdp(inside.udp, A('secret.example.com')))).toMatchObject({ code: 2, data: [] })
  expect(told(await askUdp(inside.udp, A('web'))).data).toEqual(['10.0.0.1'])
  expect(upstream.asked).toEqual([])
  expect(told(await askUdp(outside.udp, A('secret.example.com'))).data).toEqual(['1.1.1.1'])
})

test('the name server has 256 queries of a container under way, refuses more, and serves others', async () => {
  await using scene = await NameServerScene.start(SANITIZED)
  const upstream = await udp(silent)
  scene.process.send([...beginning(upstream), named('web', '10.0.0.1'), { kind: 'serve' }])
  const [busy, other] = [scene.client(), scene.client()]
  const socket = createSocket('udp4')
  const refused = new Set<number>()
  socket.on('message', reply => {
    if (told(reply).code === 5) refused.add(reply.readUInt16BE(0))
  })
  for (let id = 0; id < 300; id++) {
    socket.send(query({ type: 'A', name: 'example.org' }, [], id), busy.udp, '127.0.0.1')
    if (id % 20 === 0) await askUdp(busy.udp, A('web'))
  }
  await eventually(async () => expect(refused.size).toBe(44))
  expect(told(await askUdp(busy.udp, A('web'))).data).toEqual(['10.0.0.1'])
  expect(told(await askUdp(other.udp, A('web'))).data).toEqual(['10.0.0.1'])
  scene.process.send([{ kind: 'forget-client', client: busy.client }])
  expect(told(await askUdp(other.udp, A('web'))).data).toEqual(['10.0.0.1'])
  socket.close()
})

test('the name server asks nothing of an owner that rests, and again of one that has come back', async () => {
  await using scene = await NameServerScene.start(SANITIZED)
  const upstream = await udp(answering('1.1.1.1'))
  scene.process.send([...beginning(upstream), named('web', '10.0.0.1'), { kind: 'serve' }, { kind: 'rest' }])
  const { udp: port } = scene.client()
  expect(told(await askUdp(port, A('web'))).data).toEqual(['10.0.0.1'])
  expect(told(await askUdp(port, packet)).data).toEqual(['1.1.1.1'])
  expect(scene.reports).toEqual([])
  scene.process.send([{ kind: 'wake' }])
  expect(told(await askUdp(port, packet)).data).toEqual(['1.1.1.1'])
  expect(scene.reports).toHaveLength(1)
  scene.process.send([{ kind: 'rest' }, { kind: 'reset' }, ...beginning(upstream), { kind: 'serve' }])
  const { udp: next } = scene.client()
  expect(told(await askUdp(next, packet)).data).toEqual(['1.1.1.1'])
  expect(scene.reports).toHaveLength(2)
})

test('the name server replies to what it has passed on although it is told everything anew', async () => {
  await using scene = await NameServerScene.start(SANITIZED)
  const late = () => {
    let asked = 0
    return (query: Buffer) => (++asked === 1 ? [] : answering('1.1.1.1')(query))
  }
  const [first, second] = [await udp(late()), await tcp(late())]
  for (const [upstream, ask] of [
    [first, async (ports: AskedPorts) => askUdp(ports.udp, packet)],
    [second, async (ports: AskedPorts) => (await askTcp(ports.tcp, packet))[0] ?? Buffer.alloc(0)],
  ] as const) {
    scene.process.send([{ kind: 'reset' }, ...beginning(upstream), { kind: 'serve' }])
    const reply = ask(scene.client())
    await eventually(async () => expect(upstream.asked).toHaveLength(1))
    scene.process.send([{ kind: 'reset' }, ...beginning(), named('web', '10.0.0.1'), { kind: 'serve' }])
    expect(told(await askUdp(scene.client().udp, A('web'))).data).toEqual(['10.0.0.1'])
    expect(told(await reply).data).toEqual(['1.1.1.1'])
  }
  scene.process.send([{ kind: 'reset' }])
  expect(readdirSync(`/proc/${scene.pid}/fd`).length).toBeLessThan(8)
}, 20_000)

describe('the name server that is shipped', () => {
  test('has no rights of root, and a filter of system calls, under which it does all that it has to', async () => {
    await using scene = await NameServerScene.start(SHIPPED)
    const [overUdp, overTcp] = [await udp(answering('1.1.1.1')), await tcp(answering('2.2.2.2'))]
    scene.process.send([...TOLD.slice(0, -1), { kind: 'upstreams', upstreams: [overUdp] }, { kind: 'serve' }])
    scene.onSockets = () => [looseSocket('tcp')]
    const [ports, own] = [scene.client(), scene.client({ upstreams: [overTcp] })]
    expect(told(await askUdp(ports.udp, A('web'))).data).toHaveLength(3)
    expect(told(await askUdp(ports.udp, packet)).data).toEqual(['1.1.1.1'])
    const [crowd, forwarded] = await askTcp(own.tcp, A('crowd'), packet)
    expect(told(crowd ?? Buffer.alloc(0)).data).toHaveLength(200)
    expect(told(forwarded ?? Buffer.alloc(0)).data).toEqual(['2.2.2.2'])
    for (let count = 0; count < 40; count++)
      connect(ports.tcp, '127.0.0.1')
        .on('error', () => {})
        .end()
    scene.process.send([{ kind: 'forget-client', client: own.client }])
    expect(told(await askUdp(ports.udp, A('halted')))).toMatchObject({ code: 3 })
    const status = readFileSync(`/proc/${scene.pid}/status`, 'utf8')
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m)
    expect(status).toMatch(/^Groups:\t *$/m)
    expect(status).toMatch(/^CapPrm:\t0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(status).toMatch(/^Seccomp:\t2$/m)
    expect(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])).toBeLessThan(1024)
  })
  test('ends with its owner', async () => {
    const scene = await NameServerScene.start(SHIPPED)
    const { pid } = scene
    scene.process.end()
    await eventually(async () => expect(() => process.kill(pid, 0)).toThrow('ESRCH'))
  })
  test('reports that it has ended by itself', async () => {
    await using scene = await NameServerScene.start(SHIPPED)
    process.kill(scene.pid, 'SIGKILL')
    await scene.ended
  })
})
