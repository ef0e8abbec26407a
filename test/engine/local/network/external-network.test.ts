import { expect, test } from 'vitest'
import {
  findExternalNetwork,
  findSharedNetwork,
} from '../../../../src/engine/local/network/external-network.ts'
import { projectLayout, type Roots } from '../../../../src/engine/local/state/layout.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const OWNER = parseProjectName('owner')
const USER = parseProjectName('user')
const SUBNET = { subnet: '10.8.1.0/24', gateway: '10.8.1.1' }
const MADE = { bridge: 'tcbproxy', ...SUBNET }
const RECORD = { bridge: 'tcbproxy', ipv4: SUBNET }

/** Records the network `front` of `owner`, called `proxy`, as far as `made` says. */
async function recordProxy(roots: Roots, made: Partial<typeof MADE> = MADE): Promise<void> {
  const store = new RecordStore(OWNER, projectLayout(roots, OWNER))
  const network = aNetwork('front', { name: 'proxy' })
  const unmade = { bridge: undefined, subnet: undefined, gateway: undefined }
  store.setNetwork('front', { phase: 'created', configHash: '', network, ...unmade, ...made })
  await store.save()
}

test('findExternalNetwork() finds a network by name, and gives it the key of who uses it', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  await recordProxy(roots)
  expect(findExternalNetwork(roots, { key: 'edge', name: 'proxy' })).toEqual({
    ...RECORD,
    network: aNetwork('edge', { name: 'proxy' }),
  })
})

test('findExternalNetwork() finds neither another name nor a network that is not made yet', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  await recordProxy(roots, { bridge: MADE.bridge })
  for (const name of ['proxy', 'front', 'owner_front']) {
    expect(() => findExternalNetwork(roots, { key: 'edge', name })).toThrow(
      expect.objectContaining({
        code: 'network',
        message: `Cannot use network "edge": network ${name} declared as external, but could not be found`,
        origin: 'networks.edge',
      }),
    )
  }
})

test('findSharedNetwork() finds the network of another project of the same name and key', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  await recordProxy(roots)
  const wanted = aNetwork('front', { name: 'proxy' })
  expect(findSharedNetwork(roots, USER, wanted)).toMatchObject({ project: 'owner', record: RECORD })
  expect(findSharedNetwork(roots, OWNER, wanted)).toBeUndefined()
  expect(findSharedNetwork(roots, USER, aNetwork('front', { name: 'free' }))).toBeUndefined()
})

test('findSharedNetwork() refuses a network of the same name under another key', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  await recordProxy(roots)
  expect(() => findSharedNetwork(roots, USER, aNetwork('edge', { name: 'proxy' }))).toThrow(
    'Cannot create network "proxy": project "owner" has it as "front", expected "edge"',
  )
})
