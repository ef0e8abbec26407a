import { type Answer, decode, encode, type Question } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerQuery, failureReply } from '../../../../../src/engine/local/supervisor/dns/answer-query.ts'
import { NameIndex } from '../../../../../src/engine/local/supervisor/dns/name-index.ts'

const names = new NameIndex()
for (let number = 1; number <= 60; number++) {
  names.set({
    id: String(number).padStart(64, '0'),
    name: `shop-many-${number}`,
    service: 'many',
    endpoints: [{ networkName: 'shop_default', ipv4Address: `10.0.1.${number}`, aliases: [] }],
  })
}
for (const number of [1, 2, 3]) {
  names.set({
    id: String(number).padStart(64, 'f'),
    name: `shop-web-${number}`,
    service: 'web',
    endpoints: [{ networkName: 'shop_default', ipv4Address: `10.0.0.${number}`, aliases: [] }],
  })
}

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

interface Asked {
  readonly rotation?: number
  readonly transport?: 'udp' | 'tcp'
  readonly networks?: readonly string[]
}

function ask(packet: Buffer, { rotation = 0, transport = 'udp', networks = ['shop_default'] }: Asked = {}) {
  return answerQuery(packet, { names, networks, transport, rotation })
}

function query(question: Question, additionals: Answer[] = []): Buffer {
  return encode({ type: 'query', id: 4242, flags: 0x100, questions: [question], additionals })
}

function reply(packet: Buffer, asked?: Asked) {
  const answer = ask(packet, asked)
  if (answer.kind !== 'reply') throw new Error(`Expected a reply, got ${answer.kind}`)
  return { ...decode(answer.packet), code: answer.packet.readUInt16BE(2) & 0xf, bytes: answer.packet.length }
}

describe('answerQuery() answers', () => {
  const cases = [
    { question: { type: 'A', name: 'web' }, data: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] },
    { question: { type: 'A', name: 'WeB' }, data: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] },
    { question: { type: 'A', name: 'web' }, rotation: 4, data: ['10.0.0.2', '10.0.0.3', '10.0.0.1'] },
    { question: { type: 'A', name: 'shop-web-2.shop_default' }, data: ['10.0.0.2'] },
    { question: { type: 'AAAA', name: 'web' }, data: [] },
    { question: { type: 'TXT', name: 'web' }, data: [] },
    { question: { type: 'PTR', name: '2.0.0.10.in-addr.arpa' }, data: ['shop-web-2.shop_default'] },
  ] as const
  for (const { question, data, ...asked } of cases) {
    test(`${question.type} ${question.name} with ${data.join(', ') || 'nothing'}`, () => {
      const answered = reply(query(question), asked)
      expect(answered).toMatchObject({ type: 'response', id: 4242, flag_rd: true, flag_ra: true, code: 0 })
      expect(answered.questions).toEqual([{ ...question, class: 'IN' }])
      expect(answered.answers).toEqual(
        data.map(value =>
          expect.objectContaining({ type: question.type, name: question.name, ttl: 5, data: value }),
        ),
      )
      expect(answered.additionals).toEqual([])
    })
  }
  test('with EDNS where it was asked with EDNS', () => {
    expect(reply(query({ type: 'A', name: 'web' }, [OPT])).additionals).toMatchObject([
      { type: 'OPT', udpPayloadSize: 1232 },
    ])
  })
  for (const { transport, additionals, limit, all } of [
    { transport: 'udp', additionals: [], limit: 512, all: false },
    { transport: 'udp', additionals: [OPT], limit: 1232, all: false },
    { transport: 'tcp', additionals: [], limit: 0xffff, all: true },
  ] as const) {
    test(`within ${limit} bytes over ${transport}${additionals.length > 0 ? ' with EDNS' : ''}`, () => {
      const answered = reply(query({ type: 'A', name: 'many' }, [...additionals]), { transport })
      expect(answered.bytes).toBeLessThanOrEqual(limit)
      expect(answered.flag_tc).toBe(!all)
      expect(answered.answers?.length === 60).toBe(all)
      expect(answered.answers?.length).toBeGreaterThan(10)
    })
  }
})

test('answerQuery() names no container whose name is too long for DNS by its address', () => {
  const endpoints = [{ networkName: 'shop_default', ipv4Address: '10.0.9.9', aliases: [] }]
  const long = new NameIndex()
  long.set({ id: 'a'.repeat(64), name: `shop-${'w'.repeat(70)}-1`, service: 'w', endpoints })
  const packet = query({ type: 'PTR', name: '9.9.0.10.in-addr.arpa' })
  const answer = answerQuery(packet, {
    names: long,
    networks: ['shop_default'],
    transport: 'udp',
    rotation: 0,
  })
  if (answer.kind !== 'reply') throw new Error(`Expected a reply, got ${answer.kind}`)
  expect(decode(answer.packet)).toMatchObject({ rcode: 'NOERROR', answers: [] })
})

describe('answerQuery() forwards', () => {
  for (const question of [
    { type: 'A', name: 'example.org' },
    { type: 'A', name: 'unknown' },
    { type: 'PTR', name: '1.1.168.192.in-addr.arpa' },
    { type: 'A', name: 'web', class: 'CH' },
  ] as const) {
    test(`${question.type} ${question.name}`, () => expect(ask(query(question))).toEqual({ kind: 'forward' }))
  }
  test('names of networks that the container is not on', () => {
    expect(ask(query({ type: 'A', name: 'web' }), { networks: ['shop_other'] })).toEqual({ kind: 'forward' })
  })
})

describe('answerQuery() refuses', () => {
  const plain = query({ type: 'A', name: 'web' })
  const withByte = (offset: number, value: number) => {
    const changed = Buffer.from(plain)
    changed[offset] = value
    return changed
  }
  test('a status request with NOTIMP', () => expect(reply(withByte(2, 0x10)).code).toBe(4))
  test('no question with FORMERR', () => expect(reply(withByte(5, 0)).code).toBe(1))
  test('two questions with FORMERR', () => {
    const two = encode({
      type: 'query',
      id: 1,
      questions: [
        { type: 'A', name: 'web' },
        { type: 'A', name: 'b' },
      ],
    })
    expect(reply(two).code).toBe(1)
  })
  for (const { what, packet } of [
    { what: 'a response', packet: withByte(2, 0x81) },
    { what: 'an empty packet', packet: Buffer.alloc(0) },
    { what: 'half a header', packet: plain.subarray(0, 7) },
  ]) {
    test(`${what} with silence`, () => expect(ask(packet)).toEqual({ kind: 'ignore' }))
  }
  const asking = (...labels: readonly string[]) =>
    Buffer.concat([
      plain.subarray(0, 12),
      ...labels.map(label => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
      Buffer.from([0, 0, 1, 0, 1]),
    ])
  const longest = [63, 63, 63, 61].map(length => 'a'.repeat(length))
  for (const { what, packet } of [
    { what: 'a label of 64 bytes', packet: asking('a'.repeat(64)) },
    { what: 'a label of 200 bytes', packet: asking('a'.repeat(200)) },
    {
      what: 'a name of 256 bytes',
      packet: asking('a'.repeat(63), 'a'.repeat(63), 'a'.repeat(63), 'a'.repeat(62)),
    },
    { what: 'a name without end', packet: asking(...Array.from({ length: 60 }, () => 'a'.repeat(63))) },
    { what: 'half a question', packet: plain.subarray(0, 14) },
    { what: 'a count of answers that do not follow', packet: withByte(6, 0xff) },
    {
      what: 'a name that points to itself',
      packet: Buffer.concat([plain.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]),
    },
  ]) {
    test(`${what} with FORMERR and without the name`, () => {
      const answered = reply(packet)
      expect(answered).toMatchObject({ id: 4242, code: 1 })
      expect(answered.bytes).toBeLessThan(packet.length + 1)
    })
  }
  test('no name of 255 bytes, the longest there is', () =>
    expect(ask(asking(...longest))).toEqual({ kind: 'forward' }))
  test('no packet by throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, asQuery) => {
        const packet = Buffer.from(bytes)
        if (asQuery && packet.length >= 12) plain.copy(packet, 0, 0, 12)
        const answer = ask(packet)
        if (packet.length >= 12) expect(decode(failureReply(packet, 'SERVFAIL')).type).toBe('response')
        return ['reply', 'forward', 'ignore'].includes(answer.kind)
      }),
      { numRuns: 2000 },
    )
  })
})

test('failureReply() repeats id and question and drops the rest', () => {
  const packet = failureReply(query({ type: 'A', name: 'web' }, [OPT]), 'SERVFAIL')
  expect(decode(packet)).toMatchObject({
    id: 4242,
    flag_rd: true,
    rcode: 'SERVFAIL',
    questions: [{ name: 'web', type: 'A', class: 'IN' }],
    additionals: [],
  })
})
