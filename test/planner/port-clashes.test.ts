import { describe, expect, test } from 'vitest'
import { servicePath } from '../../src/base/model-path.ts'
import { formatPorts } from '../../src/model/bound-port.ts'
import type { PortMapping } from '../../src/model/network.ts'
import { toDesiredState } from '../../src/planner/index.ts'
import { portClashes } from '../../src/planner/port-clashes.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { aProject, aService, sha256Hex } from '../support/model-builders.ts'

function port(
  from: number | undefined,
  changes: Partial<PortMapping> & { readonly to?: number } = {},
): PortMapping {
  const { to = from, ...rest } = changes
  const published = from === undefined || to === undefined ? undefined : { from, to }
  return {
    hostIp: undefined,
    published,
    target: 80,
    protocol: 'tcp',
    origin: servicePath('web', 'ports', 0),
    ...rest,
  }
}

function placed(service: string, ports: readonly PortMapping[]): readonly PortMapping[] {
  return ports.map((port, index) => ({ ...port, origin: servicePath(service, 'ports', index) }))
}

function clashesOf(a: readonly PortMapping[], b: readonly PortMapping[], replicas = 1): readonly string[] {
  const project = aProject([
    aService('a', { ports: placed('a', a), replicas }),
    aService('b', { ports: placed('b', b) }),
  ])
  return portClashes(deepFreeze(toDesiredState(project, {}, sha256Hex))).map(
    clash => `${clash.protocol}/${formatPorts(clash.ports)} ${clash.earlier.origin} ${clash.later.origin}`,
  )
}

describe('portClashes()', () => {
  test('finds a port of two services', () => {
    expect(clashesOf([port(80)], [port(81), port(80)])).toEqual([
      'tcp/80 services.a.ports.0 services.b.ports.1',
    ])
  })

  test('finds a port of two entries of one service', () => {
    expect(clashesOf([port(80), port(80)], [])).toEqual(['tcp/80 services.a.ports.0 services.a.ports.1'])
  })

  test('finds a fixed port of several replicas', () => {
    expect(clashesOf([port(80)], [], 3)).toEqual(['tcp/80 services.a.ports.0 services.a.ports.0'])
  })

  test('finds one address within every address', () => {
    const one = port(80, { hostIp: '127.0.0.1' })
    expect(clashesOf([port(80, { hostIp: '0.0.0.0' })], [one])).toHaveLength(1)
    expect(clashesOf([one], [port(80)])).toHaveLength(1)
  })

  test('finds a range with fewer ports than replicas', () => {
    expect(clashesOf([port(80, { to: 81 })], [], 3)).toEqual([
      'tcp/80-81 services.a.ports.0 services.a.ports.0',
    ])
    expect(clashesOf([port(80, { to: 82 })], [], 3)).toEqual([])
  })

  test('finds ranges that overlap and have too few ports together', () => {
    const range = port(80, { to: 81 })
    expect(clashesOf([range, range], [range])).toEqual(['tcp/80-81 services.a.ports.1 services.b.ports.0'])
    expect(clashesOf([range, port(81)], [port(80)])).toEqual(['tcp/81 services.a.ports.0 services.a.ports.1'])
  })

  test('gives each entry of ranges that overlap the port that leaves the others theirs', () => {
    expect(clashesOf([port(80, { to: 82 })], [port(80, { to: 81 }), port(80)])).toEqual([])
    expect(clashesOf([port(80, { to: 81 })], [port(81, { to: 82 })], 2)).toEqual([])
  })

  test('finds one address within every address of both families', () => {
    expect(clashesOf([port(80)], [port(80, { hostIp: '::1' })])).toHaveLength(1)
    expect(clashesOf([port(80, { hostIp: '::' })], [port(80, { hostIp: '::1' })])).toHaveLength(1)
  })

  test('counts only the entries that listen on one address', () => {
    const on = (hostIp: string) => port(80, { to: 81, hostIp })
    expect(clashesOf([on('127.0.0.1'), on('127.0.0.2')], [on('127.0.0.1'), on('127.0.0.2')])).toEqual([])
    expect(clashesOf([on('127.0.0.1'), port(80, { to: 81 })], [on('127.0.0.1')])).toHaveLength(1)
  })

  test('reports each entry once', () => {
    expect(clashesOf([port(80), port(80, { hostIp: '127.0.0.1' })], [port(80)])).toEqual([
      'tcp/80 services.a.ports.0 services.a.ports.1',
      'tcp/80 services.a.ports.0 services.b.ports.0',
    ])
  })

  test('takes no longer than moments for every port of both protocols', () => {
    const all = (protocol: 'tcp' | 'udp') =>
      Array.from({ length: 65_535 }, (_, index) => port(index + 1, { protocol }))
    expect(clashesOf(all('tcp'), all('udp'))).toEqual([])
  })

  for (const { what, a, b } of [
    { what: 'protocols', a: port(80), b: port(80, { protocol: 'udp' as const }) },
    { what: 'addresses', a: port(80, { hostIp: '127.0.0.1' }), b: port(80, { hostIp: '127.0.0.2' }) },
    { what: 'families', a: port(80, { hostIp: '0.0.0.0' }), b: port(80, { hostIp: '::' }) },
    { what: 'ranges that overlap', a: port(80, { to: 81 }), b: port(80, { to: 81 }) },
    { what: 'no host ports', a: port(undefined), b: port(undefined) },
  ]) {
    test(`lets two ${what} be`, () => {
      expect(clashesOf([a], [b])).toEqual([])
    })
  }
})
