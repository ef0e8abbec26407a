import { expect, test } from 'vitest'
import { servicePath } from '../../src/base/model-path.ts'
import type { Service } from '../../src/model/service.ts'
import { networkHash, serviceHash, volumeHash } from '../../src/planner/config-hash.ts'
import {
  aDependency,
  aNetwork,
  aPort,
  aService,
  aVolume,
  aVolumeMount,
  sha256Hex,
} from '../support/model-builders.ts'

const NAMES = { networkNames: new Map([['default', 'shop_default']]), volumeNames: new Map<string, string>() }

function hashOf(changes: Partial<Service>, names: typeof NAMES = NAMES): string {
  return serviceHash(aService('web', changes), names, sha256Hex)
}

test('serviceHash() does not count where in the file a port is', () => {
  const moved = aPort(80, { origin: servicePath('web', 'ports', 3) })
  expect(hashOf({ ports: [moved] })).toBe(hashOf({ ports: [aPort(80)] }))
  expect(hashOf({ ports: [moved] })).not.toBe(hashOf({ ports: [aPort(81)] }))
})

test('serviceHash() does not count where in the file a mount is', () => {
  const mount = aVolumeMount('data')
  const placed = { ...mount, origin: servicePath('web', 'volumes', 3) }
  expect(hashOf({ mounts: [placed] })).toBe(hashOf({ mounts: [mount] }))
  expect(hashOf({ mounts: [placed] })).not.toBe(hashOf({ mounts: [] }))
})

const without: readonly Partial<Service>[] = [
  { replicas: 5 },
  { dependsOn: [aDependency('db')] },
  { profiles: ['debug'] },
  { attach: false },
]
for (const changes of without) {
  test(`serviceHash() does not count ${Object.keys(changes).join()}`, () => {
    expect(hashOf(changes)).toBe(hashOf({}))
  })
}

const within: readonly Partial<Service>[] = [
  { image: 'oci:other' },
  { command: ['x'] },
  { environment: new Map([['A', undefined]]) },
  { labels: new Map([['a', '1']]) },
  { readOnly: true },
]
for (const changes of within) {
  test(`serviceHash() counts ${Object.keys(changes).join()}`, () => {
    expect(hashOf(changes)).not.toBe(hashOf({}))
  })
}

test('serviceHash() counts the real names of networks', () => {
  expect(hashOf({}, { ...NAMES, networkNames: new Map([['default', 'other']]) })).not.toBe(hashOf({}))
})

test('serviceHash() is the same whatever the order of a Map', () => {
  const a = new Map([
    ['A', '1'],
    ['B', '2'],
  ] as const)
  const b = new Map([
    ['B', '2'],
    ['A', '1'],
  ] as const)
  expect(hashOf({ environment: a })).toBe(hashOf({ environment: b }))
})

test('networkHash() and volumeHash() count labels', () => {
  const labels = new Map([['a', '1']])
  expect(networkHash(aNetwork('n', { labels }), sha256Hex)).not.toBe(networkHash(aNetwork('n'), sha256Hex))
  expect(volumeHash(aVolume('v', { labels }), sha256Hex)).not.toBe(volumeHash(aVolume('v'), sha256Hex))
})

test('serviceHash() stays what it was: containers of earlier versions are not made again', () => {
  const service = aService('web', { mounts: [aVolumeMount('data')], ports: [aPort(80)] })
  const names = { ...NAMES, volumeNames: new Map([['data', 'shop_data']]) }
  expect(serviceHash(service, names, sha256Hex)).toBe(
    '961e9ba2a794955895da7cb8f94ad8c140c4e509ac2c6b3b1b73fc1ca3f76aec',
  )
})
