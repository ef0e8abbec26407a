import { expect, test } from 'vitest'
import { containerNames, hostsNames } from '../../../../src/engine/local/container/container-names.ts'
import { aContainerSpec, CONTAINER_ID } from '../../../support/container-input.ts'

for (const { hostname, mode, expected } of [
  { hostname: 'db', mode: { kind: 'host' }, expected: 'db' },
  { hostname: undefined, mode: { kind: 'none' }, expected: '0123456789ab' },
  { hostname: undefined, mode: { kind: 'host' }, expected: 'myhost' },
] as const) {
  test(`containerNames() gives ${expected} for ${hostname} and network ${mode.kind}`, () => {
    const spec = aContainerSpec({ hostname, domainname: 'example.test', networkMode: mode })
    expect(containerNames({ spec, id: CONTAINER_ID }, { hostname: 'myhost' })).toEqual({
      hostname: expected,
      domainname: 'example.test',
    })
  })
}

for (const { hostname, domainname, expected } of [
  { hostname: 'node', domainname: undefined, expected: 'node' },
  { hostname: 'node.cluster.local', domainname: undefined, expected: 'node.cluster.local node' },
  { hostname: 'node', domainname: 'example.test', expected: 'node.example.test node' },
  { hostname: 'node.cluster', domainname: 'local', expected: 'node.cluster.local node' },
]) {
  test(`hostsNames() gives "${expected}" for ${hostname} of domain ${domainname}`, () => {
    expect(hostsNames({ hostname, domainname })).toBe(expected)
  })
}
