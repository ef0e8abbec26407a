import { describe, expect, test } from 'vitest'
import { servicePath } from '../../src/base/model-path.ts'
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
    clash => `${clash.protocol}/${clash.port} ${clash.earlier.origin} ${clash.later.origin}`,
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
