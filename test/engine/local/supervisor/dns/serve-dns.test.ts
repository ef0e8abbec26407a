import { createSocket } from 'node:dgram'
import { Resolver as Client } from 'node:dns/promises'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { decode, encode } from 'dns-packet'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Forwarder } from '../../../../../src/engine/local/supervisor/dns/forwarder.ts'
import { FrameReader, frame } from '../../../../../src/engine/local/supervisor/dns/frame.ts'
import { NameIndex } from '../../../../../src/engine/local/supervisor/dns/name-index.ts'
import { Resolver } from '../../../../../src/engine/local/supervisor/dns/resolver.ts'
import { serveDns } from '../../../../../src/engine/local/supervisor/dns/serve-dns.ts'
import { boundSocket } from '../../../../support/bound-socket.ts'

const web = {
  id: 'a'.repeat(64),
  name: 'shop-web-1',
  service: 'web',
  endpoints: [{ networkName: 'shop_default', ipv4Address: '10.0.0.2', aliases: [] }],
}
const dns = { udpSocket: 'dns:a:udp', tcpSocket: 'dns:a:tcp', upstreams: [] }
const fail = (error: unknown) => {
  throw error
}
const isOpen = (fd: number) => existsSync(`/proc/self/fd/${fd}`)

let names: NameIndex
let pending: (() => void)[]
let server: AsyncDisposable
let ports: { readonly udp: number; readonly tcp: number }

beforeEach(async () => {
  names = new NameIndex()
  names.set(web, true)
  pending = []
  const resolver = new Resolver(
    {
      names,
      forwarder: new Forwarder(),
      hostUpstreams: () => [],
      refreshNames: () => {
        for (const start of pending) start()
      },
    },
    { networks: ['shop_default'], upstreams: undefined, forward: true },
  )
  const udp = boundSocket('udp')
  const tcp = boundSocket('tcp')
  ports = { udp: udp.port, tcp: tcp.port }
  const lend = (prefix: string) => {
    expect(prefix).toBe('dns:a:')
    return Promise.resolve([
      { name: 'dns:a:tcp', fd: tcp.fd },
      { name: 'dns:a:udp', fd: udp.fd },
    ])
  }
  server = await serveDns({ keeper: { lend }, dns, resolver, onError: fail })
})
afterEach(() => server[Symbol.asyncDispose]())

function client(): Client {
  const resolver = new Client({ timeout: 1000, tries: 1 })
  resolver.setServers([`127.0.0.1:${ports.udp}`])
  return resolver
}

async function askOverTcp(...questions: string[]): Promise<readonly unknown[]> {
  const socket = connect(ports.tcp, '127.0.0.1')
  const frames = new FrameReader()
  const replies: Buffer[] = []
  for (const [id, name] of questions.entries()) {
    socket.write(frame(encode({ type: 'query', id, questions: [{ type: 'A', name }] })))
  }
  for await (const chunk of socket) {
    replies.push(...frames.push(chunk))
    if (replies.length === questions.length) break
  }
  return replies.map(reply => [
    decode(reply).id,
    decode(reply).answers?.map(answer => 'data' in answer && answer.data),
  ])
}

describe('serveDns()', () => {
  test('answers over UDP', async () => expect(await client().resolve4('web')).toEqual(['10.0.0.2']))
  test('has no IPv6 address for a name that it knows', async () => {
    await expect(client().resolve6('web')).rejects.toMatchObject({ code: 'ENODATA' })
  })
  test('names an address', async () => {
    expect(await client().reverse('10.0.0.2')).toEqual(['shop-web-1.shop_default'])
  })
  test('fails at once for other names when there is no upstream', async () => {
    await expect(client().resolve4('example.org')).rejects.toMatchObject({ code: 'ESERVFAIL' })
  })
  test('finds a container that started a moment ago', async () => {
    const late = { ...web, id: 'b'.repeat(64), service: 'late' }
    pending.push(() => names.set(late, true))
    expect(await client().resolve4('late')).toEqual(['10.0.0.2'])
  })
  test('answers several queries of one TCP connection', async () => {
    expect(await askOverTcp('web', 'shop-web-1')).toEqual([
      [0, ['10.0.0.2']],
      [1, ['10.0.0.2']],
    ])
  })
  test('survives nonsense', async () => {
    const socket = createSocket('udp4')
    socket.send('nonsense', ports.udp, '127.0.0.1')
    const stream = connect(ports.tcp, '127.0.0.1')
    stream.end(Buffer.from([0, 3, 1, 2, 3, 0xff]))
    await once(stream, 'close')
    expect(await client().resolve4('web')).toEqual(['10.0.0.2'])
    socket.close()
  })
})

test('a container that may not reach the outside has no query sent there', async () => {
  const outside = createSocket('udp4')
  outside.bind(0, '127.0.0.1')
  await once(outside, 'listening')
  const { address, port } = outside.address()
  let asked = 0
  outside.on('message', () => (asked += 1))
  const context = {
    names,
    forwarder: new Forwarder(),
    hostUpstreams: () => [{ address, port }],
    refreshNames: () => {},
  }
  const resolver = new Resolver(context, { networks: ['shop_default'], upstreams: undefined, forward: false })
  const ask = async (name: string) => {
    const packet = encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] })
    return decode((await resolver.resolve(packet, 'udp')) ?? Buffer.alloc(0))
  }
  expect(await ask('secret.example.com')).toMatchObject({ rcode: 'SERVFAIL', answers: [] })
  expect(await ask('web')).toMatchObject({ answers: [{ data: '10.0.0.2' }] })
  expect(asked).toBe(0)
  outside.close()
})

test('serveDns() rejects without its sockets and keeps no other', async () => {
  const { fd } = boundSocket('udp')
  const lend = () => Promise.resolve([{ name: 'dns:a:udp:other', fd }])
  const resolver = new Resolver(
    { names, forwarder: new Forwarder(), hostUpstreams: () => [], refreshNames: () => {} },
    { networks: [], upstreams: undefined, forward: true },
  )
  await expect(serveDns({ keeper: { lend }, dns, resolver, onError: fail })).rejects.toThrow(
    'Cannot serve DNS on "dns:a:udp": the keeper holds no such socket',
  )
  expect(isOpen(fd)).toBe(false)
})
