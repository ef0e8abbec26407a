import { expect, test } from 'vitest'
import { type BoundPort, fixedPort, portsClash } from '../../src/model/bound-port.ts'
import { aPort } from '../support/model-builders.ts'

function bound(text: string): BoundPort {
  const [, hostIp = '', hostPort, protocol] = /^(?:(.*) )?(\d+)\/(tcp|udp)$/.exec(text) ?? []
  return {
    hostIp: hostIp === '' ? undefined : hostIp,
    hostPort: Number(hostPort),
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
  }
}

const clashes: ReadonlyArray<readonly [string, string]> = [
  ['80/tcp', '80/tcp'],
  ['80/tcp', '127.0.0.1 80/tcp'],
  ['80/tcp', '::1 80/tcp'],
  ['0.0.0.0 80/tcp', '127.0.0.1 80/tcp'],
  [':: 80/udp', '::1 80/udp'],
  ['127.0.0.1 80/tcp', '127.0.0.1 80/tcp'],
]
for (const [a, b] of clashes) {
  test(`portsClash() is true of ${a} and ${b}, both ways`, () => {
    expect(portsClash(bound(a), bound(b))).toBe(true)
    expect(portsClash(bound(b), bound(a))).toBe(true)
  })
}

const apart: ReadonlyArray<readonly [string, string]> = [
  ['80/tcp', '81/tcp'],
  ['80/tcp', '80/udp'],
  ['127.0.0.1 80/tcp', '127.0.0.2 80/tcp'],
  ['0.0.0.0 80/tcp', '::1 80/tcp'],
  ['0.0.0.0 80/tcp', ':: 80/tcp'],
]
for (const [a, b] of apart) {
  test(`portsClash() is false of ${a} and ${b}, both ways`, () => {
    expect(portsClash(bound(a), bound(b))).toBe(false)
    expect(portsClash(bound(b), bound(a))).toBe(false)
  })
}

test('fixedPort() is the one host port of an entry, where it leaves no choice', () => {
  expect(fixedPort(aPort(80, { hostIp: '127.0.0.1' }))).toEqual({
    hostIp: '127.0.0.1',
    hostPort: 80,
    protocol: 'tcp',
  })
  expect(fixedPort(aPort(80, { published: { from: 80, to: 81 } }))).toBeUndefined()
  expect(fixedPort(aPort(80, { published: undefined }))).toBeUndefined()
})
