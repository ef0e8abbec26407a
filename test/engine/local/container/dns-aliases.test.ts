import { expect, test } from 'vitest'
import { dnsAliases } from '../../../../src/engine/local/container/dns-aliases.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import type { Service } from '../../../../src/model/service.ts'
import { aContainerSpec } from '../../../support/container-input.ts'

function aliases(changes: Partial<Service>, declared: readonly string[] = []): readonly string[] {
  return dnsAliases(
    { ...aContainerSpec(changes), number: 2 },
    { project: parseProjectName('shop'), declared },
  )
}

test('dnsAliases() are those of the network in the file', () => {
  expect(aliases({}, ['api', 'www'])).toEqual(['api', 'www'])
})

test('dnsAliases() have the host name, whole', () => {
  expect(aliases({ hostname: 'node.cluster.local' }, ['api'])).toEqual(['api', 'node.cluster.local'])
  expect(aliases({ hostname: 'api' }, ['api'])).toEqual(['api'])
})

test('dnsAliases() have the name with a number where container_name takes its place', () => {
  expect(aliases({ containerName: 'front' })).toEqual(['shop-web-2'])
})
