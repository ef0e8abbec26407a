import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ipv4Peer, UdpDatagrams } from '../../src/linux/udp-datagrams.ts'
import { boundSocket } from '../support/bound-socket.ts'

test('UdpDatagrams receive what waits, tell who sent it, and answer', async () => {
  const own = boundSocket('udp')
  const client = createSocket('udp4')
  try {
    const datagrams = new UdpDatagrams(own.fd)
    const buffer = Buffer.alloc(100)
    expect(datagrams.receive(buffer)).toBeLessThan(0)
    client.bind(0, '127.0.0.1')
    await once(client, 'listening')
    await new Promise(resolve => client.send('hello', own.port, '127.0.0.1', resolve))
    expect(buffer.toString('latin1', 0, datagrams.receive(buffer))).toBe('hello')
    expect(datagrams.peer.subarray(0, 8)).toEqual(ipv4Peer('127.0.0.1', client.address().port).subarray(0, 8))
    datagrams.send(Buffer.from('and you'), datagrams.peer)
    const [reply, from] = await once(client, 'message')
    expect([String(reply), from.port]).toEqual(['and you', own.port])
    expect(datagrams.receive(buffer)).toBeLessThan(0)
  } finally {
    client.close()
    closeSync(own.fd)
  }
})
