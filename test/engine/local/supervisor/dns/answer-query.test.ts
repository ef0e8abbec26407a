import { type Answer, decode, encode, type Question } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerQuery } from '../../../../../src/engine/local/supervisor/dns/answer-query.ts'
import { NameIndex } from '../../../../../src/engine/local/supervisor/dns/name-index.ts'
import { RecordTurns } from '../../../../../src/engine/local/supervisor/dns/record-turns.ts'
import { failureReply } from '../../../../../src/engine/local/supervisor/dns/write-reply.ts'

const names = new NameIndex()
const add = (service: string, number: number, subnet: string) => {
  const ipv4Address = `${subnet}.${number}`
  const ipv6 = { address: `fd00::${subnet.replaceAll('.', ':')}:${number}` }
  names.set(
    {
      id: `${Buffer.from(service).toString('hex')}${number}`.padStart(64, '0'),
      name: `shop-${service}-${number}`,
      service,
      endpoints: [
        { networkName: 'shop_default', ipv4Address, aliases: [], ...(service === 'dual' && { ipv6 }) },
      ],
    },
    service !== 'halted',
  )
}
for (let number = 1; number <= 60; number++) add('many', number, '10.0.1')
for (let number = 1; number <= 200; number++) add('crowd', number, '10.0.2')
for (const number of [1, 2, 3]) add('web', number, '10.0.0')
add('dual', 1, '10.0.3')
add('halted', 1, '10.0.4')

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

const NETWORKS = ['shop_default']

interface Asked {
  readonly transport?: 'udp' | 'tcp'
  readonly networks?: readonly string[]
  readonly turns?: RecordTurns
}

function ask(
  packet: Buffer,
  { transport = 'udp', networks = NETWORKS, turns = new RecordTurns() }: Asked = {},
) {
  return answerQuery(packet, { view: names.view(networks), transport, turns })
}

function query(question: Question, additionals: Answer[] = []): Buffer {
  return encode({ type: 'query', id: 4242, flags: 0x100, questions: [question], additionals })
}

function reply(packet: Buffer, asked?: Asked) {
  const answer = ask(packet, asked)
  if (!('packet' in answer)) throw new Error(`Expected a reply, got ${answer.kind}`)
  return { ...decode(answer.packet), code: answer.packet.readUInt16BE(2) & 0xf, bytes: answer.packet.length }
}

const addressOf = (answer: Answer) => ('data' in answer ? answer.data : undefined)

describe('answerQuery() answers', () => {
  const web = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
  const cases = [
    { question: { type: 'A', name: 'web' }, data: web },
    { question: { type: 'A', name: 'WeB' }, data: web },
    { question: { type: 'A', name: 'shop-web-2.shop_default' }, data: ['10.0.0.2'] },
    { question: { type: 'A', name: 'SHOP-web-2.Shop_Default' }, data: ['10.0.0.2'] },
    { question: { type: 'AAAA', name: 'web' }, data: [] },
    { question: { type: 'A', name: 'dual' }, data: ['10.0.3.1'] },
    { question: { type: 'AAAA', name: 'dual' }, data: ['fd00::10:0:3:1'] },
    { question: { type: 'TXT', name: 'web' }, data: [] },
    { question: { type: 'SRV', name: 'web' }, data: [] },
    { question: { type: 'PTR', name: '2.0.0.10.in-addr.arpa' }, data: ['shop-web-2.shop_default'] },
    { question: { type: 'PTR', name: '2.0.0.10.IN-ADDR.arpa' }, data: ['shop-web-2.shop_default'] },
    {
      question: {
        type: 'PTR',
        name: '1.0.0.0.3.0.0.0.0.0.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa',
      },
      data: ['shop-dual-1.shop_default'],
    },
    { question: { type: 'A', name: '2.0.0.10.in-addr.arpa' }, data: [] },
  ] as const
  for (const { question, data } of cases) {
    test(`${question.type} ${question.name} with ${data.join(', ') || 'nothing'}`, () => {
      const answered = reply(query(question))
      expect(answered).toMatchObject({ type: 'response', id: 4242, flag_rd: true, flag_ra: true, code: 0 })
      expect(answered.flag_aa).toBe(false)
      expect(answered.questions).toEqual([{ ...question, class: 'IN' }])
      expect(answered.answers?.map(addressOf).toSorted()).toEqual([...data].toSorted())
      for (const answer of answered.answers ?? [])
        expect(answer).toMatchObject({ type: question.type, name: question.name, ttl: 5 })
      expect(answered.additionals).toEqual([])
    })
  }
  test('ANY with the records of one type', () => {
    const { answers } = reply(query({ type: 'ANY' as 'A', name: 'dual' }))
    expect(answers?.map(({ type }) => type)).toEqual(['A'])
  })
  test('class ANY like that of the internet', () => {
    expect(reply(query({ type: 'A', name: 'dual', class: 'ANY' })).answers).toHaveLength(1)
  })
  test('with each address first in its turn, whatever else is asked between', () => {
    const turns = new RecordTurns()
    const firsts = Array.from({ length: 6 }, () => {
      reply(query({ type: 'AAAA', name: 'web' }), { turns })
      reply(query({ type: 'A', name: 'many' }), { turns })
      const [first] = reply(query({ type: 'A', name: 'web' }), { turns }).answers ?? []
      return first === undefined ? '' : String(addressOf(first))
    })
    expect(new Set(firsts.slice(0, 3)).size).toBe(3)
    expect(firsts.slice(3)).toEqual(firsts.slice(0, 3))
  })
  test('that a name of containers of which none runs has no address', () => {
    for (const name of ['halted', 'shop-halted-1', 'halted.shop_default'])
      expect(ask(query({ type: 'A', name })).kind).toBe('absent')
    expect(reply(query({ type: 'A', name: 'halted' }))).toMatchObject({ code: 3, answers: [], flag_ra: true })
    expect(ask(query({ type: 'PTR', name: '1.4.0.10.in-addr.arpa' }))).toEqual({ kind: 'forward' })
  })
  test('that it does not know a version of EDNS but the first', () => {
    const packet = query({ type: 'A', name: 'web' }, [{ ...OPT, ednsVersion: 1 }])
    expect(reply(packet)).toMatchObject({
      code: 0,
      answers: [],
      additionals: [{ type: 'OPT', extendedRcode: 1, ednsVersion: 0 }],
    })
  })
  test('with EDNS where it was asked with EDNS', () => {
    expect(reply(query({ type: 'A', name: 'web' }, [OPT])).additionals).toMatchObject([
      { type: 'OPT', udpPayloadSize: 4096, ednsVersion: 0 },
    ])
  })
  const within = (payload: number): Answer[] => [{ ...OPT, udpPayloadSize: payload }]
  for (const { name, transport, additionals, limit, count } of [
    { name: 'many', transport: 'udp', additionals: [], limit: 512, count: 30 },
    { name: 'many', transport: 'udp', additionals: within(100), limit: 512, count: 29 },
    { name: 'many', transport: 'udp', additionals: within(700), limit: 700, count: 41 },
    { name: 'many', transport: 'udp', additionals: within(1232), limit: 1232, count: 60 },
    { name: 'crowd', transport: 'udp', additionals: within(65_535), limit: 4096, count: 200 },
    { name: 'crowd', transport: 'udp', additionals: within(1232), limit: 1232, count: 74 },
    { name: 'crowd', transport: 'tcp', additionals: [], limit: 0xffff, count: 200 },
  ] as const) {
    const payload = additionals[0]?.type === 'OPT' ? ` by EDNS of ${additionals[0].udpPayloadSize}` : ''
    test(`${name} within ${limit} bytes over ${transport}${payload}`, () => {
      const answered = reply(query({ type: 'A', name }, [...additionals]), { transport })
      expect(answered.bytes).toBeLessThanOrEqual(limit)
      expect(answered.answers?.length).toBe(count)
      expect(answered.flag_tc).toBe(count < (name === 'many' ? 60 : 200))
      expect(answered.additionals?.length).toBe(additionals.length)
    })
  }
})

test('answerQuery() names no container whose name is too long for DNS by its address', () => {
  const endpoints = [{ networkName: 'shop_default', ipv4Address: '10.0.9.9', aliases: [] }]
  const long = new NameIndex()
  long.set({ id: 'a'.repeat(64), name: `shop-${'w'.repeat(70)}-1`, service: 'w', endpoints }, true)
  const packet = query({ type: 'PTR', name: '9.9.0.10.in-addr.arpa' })
  const answer = answerQuery(packet, {
    view: long.view(['shop_default']),
    transport: 'udp',
    turns: new RecordTurns(),
  })
  if (!('packet' in answer)) throw new Error(`Expected a reply, got ${answer.kind}`)
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
  test('no query that was damaged on its way by throwing, and understands what a decoder does', () => {
    const whole = query({ type: 'A', name: 'shop-web-1' }, [OPT])
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 })
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (bytes, length) => {
        const packet = Buffer.from(whole.subarray(0, length))
        for (const [offset, value] of bytes) if (offset < length) packet[offset] = value
        const answer = ask(packet)
        if (!('packet' in answer)) return
        const told = decode(answer.packet)
        expect(told.id).toBe(packet.readUInt16BE(0))
        expect(answer.packet.length).toBeLessThanOrEqual(whole.length + 32)
        if (told.answers?.length === 1) expect(decode(packet).questions).toEqual(told.questions)
      }),
      { numRuns: 3000 },
    )
  })
  test('no packet by throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, asQuery) => {
        const packet = Buffer.from(bytes)
        if (asQuery && packet.length >= 12) plain.copy(packet, 0, 0, 12)
        const answer = ask(packet)
        if (packet.length >= 12) expect(decode(failureReply(packet, 'SERVFAIL')).type).toBe('response')
        if ('packet' in answer) expect(answer.packet.length).toBeLessThanOrEqual(packet.length)
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
