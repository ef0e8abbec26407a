import { describe, expect, test } from 'vitest'
import { type Order, readReports, writeOrder } from '../../../../../src/engine/local/supervisor/dns/orders.ts'
import { WireWriter } from '../../../../../src/runtime/keeper/wire-writer.ts'

function written(order: Order): string {
  const writer = new WireWriter()
  writeOrder(writer, order)
  return writer.finish().toString('hex')
}

/** u32 in little-endian hex. */
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer).toString('hex')

describe('writeOrder() writes', () => {
  for (const { order, fields } of [
    { order: { kind: 'serve' }, fields: [2] },
    { order: { kind: 'synced', serial: 9 }, fields: [3, 9] },
    { order: { kind: 'forget-client', client: 7 }, fields: [10, 7] },
    { order: { kind: 'sockets', client: 7, family: 'ipv6', type: 'datagram' }, fields: [12, 7, 10, 2] },
    { order: { kind: 'network', network: 1, suffix: undefined }, fields: [4, 1, 0] },
  ] as const) {
    test(order.kind, () => expect(written(order)).toBe([fields.length * 4, ...fields].map(u32).join('')))
  }
  test('names with their addresses', () => {
    const [ipv4, ipv6] = [[Uint8Array.of(10, 0, 0, 1)], [new Uint8Array(16)]]
    expect(written({ kind: 'name', network: 1, name: '\x01a', ipv4, ipv6 })).toBe(
      `${[42, 5, 1, 2].map(u32).join('')}0161${u32(4)}0a000001${u32(16)}${'00'.repeat(16)}`,
    )
  })
  test('upstreams, with the zone of a link-local address, and without what is no address', () => {
    const upstreams = ['127.0.0.1', 'fe80::1%lo', 'fe80::1%7', 'nonsense'].map(address => ({
      address,
      port: 53,
    }))
    const linkLocal = 'fe800000000000000000000000000001'
    expect(written({ kind: 'upstreams', upstreams })).toBe(
      [
        ...[u32(74), u32(11), u32(3)],
        ...['3500', u32(4), '7f000001', u32(0)],
        ...['3500', u32(16), linkLocal, u32(1)],
        ...['3500', u32(16), linkLocal, u32(7)],
      ].join(''),
    )
  })
})

test('readReports() reads whole reports, and keeps the beginning of another', () => {
  const bytes = Buffer.from([8, 1, 5, 16, 2, 7, 2, 1, 8, 1].map(u32).join(''), 'hex')
  const { reports, rest } = readReports(bytes)
  expect(reports).toEqual([
    { kind: 'sync', serial: 5 },
    { kind: 'sockets', client: 7, family: 'ipv4', type: 'stream' },
  ])
  expect(readReports(Buffer.concat([rest, Buffer.from(u32(6), 'hex')])).reports).toEqual([
    { kind: 'sync', serial: 6 },
  ])
  expect(() => readReports(Buffer.from([8, 9, 0].map(u32).join(''), 'hex'))).toThrow('kind 9')
})
