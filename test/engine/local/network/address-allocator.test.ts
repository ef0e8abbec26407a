import { afterEach, beforeEach, expect, test } from 'vitest'
import { AddressAllocator } from '../../../../src/engine/local/network/address-allocator.ts'
import type { NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
import { projectLayout, type Roots } from '../../../../src/engine/local/state/layout.ts'
import { leasesOfOthers, readLeases } from '../../../../src/engine/local/state/network-leases.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { parseContainerId, parseProjectName } from '../../../../src/model/names.ts'
import { containerSpec, toDesiredState } from '../../../../src/planner/desired-state.ts'
import { aNetwork, aProject, aService, sha256Hex } from '../../../support/model-builders.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts'

const network: NetworkRecord = {
  network: aNetwork('proxy', { name: 'proxy' }),
  bridge: 'tcbproxy',
  ipv4: { subnet: '10.8.1.0/28', gateway: '10.8.1.1' },
}

let folder: TemporaryFolder
let roots: Roots

beforeEach(() => {
  folder = temporaryFolder()
  roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
})
afterEach(() => folder[Symbol.dispose]())

test('AddressAllocator.allocate() gives containers of two projects on one network addresses of their own', async () => {
  const [one, two] = [await aBook('one', ['a', 'b', 'c']), await aBook('two', ['a', 'b', 'c'])]
  const addresses = await Promise.all([one, two].flatMap(book => ['a', 'b', 'c'].map(book.allocate)))
  expect(new Set(addresses).size).toBe(6)
  expect(readLeases(roots, 'proxy').map(lease => lease.ipv4Address)).toHaveLength(6)
  expect(await one.allocate('a')).toBe(addresses[0])
})

test('AddressAllocator.allocate() gives nobody what a container of another project has, and says so', async () => {
  const [one, two] = [await aBook('one', ['a']), await aBook('two', ['a'])]
  expect(await one.allocate('a', '10.8.1.9')).toBe('10.8.1.9')
  await expect(two.allocate('a', '10.8.1.9')).rejects.toThrow('it is taken')
})

test('AddressAllocator.allocate() deals the address of a container again that its project no longer has', async () => {
  const [one, two] = [await aBook('one', ['a']), await aBook('two', ['a'])]
  await one.allocate('a', '10.8.1.9')
  expect(leasesOfOthers(roots, 'proxy', 'two')).toHaveLength(1)
  one.store.setContainer(idOf('one', 'a'), undefined)
  await one.store.save()
  expect(leasesOfOthers(roots, 'proxy', 'two')).toEqual([])
  expect(await two.allocate('a', '10.8.1.9')).toBe('10.8.1.9')
  expect(readLeases(roots, 'proxy')).toMatchObject([{ project: 'two', name: 'two-a-1' }])
})

function idOf(project: string, service: string) {
  return parseContainerId(sha256Hex(`${project} ${service}`))
}

/** The book of a project that has one container of each service on record. */
async function aBook(name: string, services: readonly string[]) {
  const project = parseProjectName(name)
  const store = new RecordStore(project, projectLayout(roots, project))
  const desired = toDesiredState(aProject(services.map(service => aService(service))), {}, sha256Hex)
  for (const service of desired.services) {
    const id = idOf(name, service.config.name)
    const spec = containerSpec({ project }, service, 1)
    store.setContainer(id, {
      id,
      phase: 'creating',
      spec,
      imageId: undefined,
      createdAt: 0,
      command: [],
      anonymousVolumes: [],
    })
  }
  await store.save()
  const book = new AddressAllocator(roots, project, store)
  return {
    store,
    allocate: async (service: string, wanted?: string | number) => {
      const { ipv4 } = await book.allocate({
        network,
        wanted: typeof wanted === 'string' ? { ipv4: wanted } : {},
        container: idOf(name, service),
        service,
        name: `${name}-${service}-1`,
        aliases: [],
      })
      return ipv4
    },
  }
}
