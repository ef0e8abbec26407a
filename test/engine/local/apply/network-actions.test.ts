import { expect, test } from 'vitest'
import { createNetwork, removeNetwork } from '../../../../src/engine/local/apply/network-actions.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { lockLeases, readLeases, writeLeases } from '../../../../src/engine/local/state/network-leases.ts'
import type { NetworkEntry } from '../../../../src/engine/local/state/project-record.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import type { Network } from '../../../../src/model/network.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aNetwork } from '../../../support/model-builders.ts'

const FRONT = aNetwork('front')
const SHARED = aNetwork('front', { name: 'proxy' })
const CREATED: NetworkEntry = {
  ...{ phase: 'created', configHash: 'h', network: FRONT },
  ...{ bridge: 'br0', subnet: '10.0.0.0/24', gateway: '10.0.0.1' },
}
const REMOVAL = { kind: 'remove-network', key: 'front', name: 'shop_front' } as const

function creation(network: Network = FRONT) {
  return { kind: 'create-network', network, configHash: 'h' } as const
}

/** Has project `other` make the network `proxy`, and a container of it lease an address of the network `name`. */
async function neighbour({ roots }: ApplyScene, name: string): Promise<void> {
  const project = parseProjectName('other')
  const store = new RecordStore(project, projectLayout(roots, project))
  store.setNetwork('front', { ...CREATED, network: SHARED })
  const [id, spec] = [containerIdOf(1), { ...aContainerSpec(), name: 'other-web-1' }]
  const rest = { imageId: undefined, createdAt: 1, command: [], anonymousVolumes: [] }
  store.setContainer(id, { id, spec, phase: 'created', ...rest })
  await store.save()
  using _lock = await lockLeases(roots, name)
  const lease = { ipv4Address: '10.0.0.9', project, container: id, service: 'web', name: 'other-web-1' }
  writeLeases(roots, name, [{ ...lease, aliases: [] }])
}

test('createNetwork() makes the bridge, writes it down and lets its traffic through', async () => {
  await using scene = applyScene()
  await createNetwork(scene.context, creation())
  expect(scene.network.asked).toEqual(['bridge shop_front', 'firewall'])
  expect(scene.store.record.networks.get('front')).toEqual({
    ...{ phase: 'created', configHash: 'h', network: FRONT },
    ...{ bridge: 'br1', subnet: '10.1.0.0/24', gateway: '10.1.0.1' },
  })
})

test('createNetwork() says what to do about an iptables that it cannot change', async () => {
  await using scene = applyScene()
  scene.network.legacyBlocks = true
  await createNetwork(scene.context, creation())
  expect(scene.said).toEqual([
    expect.stringMatching(
      /iptables-legacy drops what is forwarded; run: iptables-legacy -I FORWARD -i tcb\+ -j ACCEPT/,
    ),
  ])
})

test('createNetwork() asks for the subnet that the network had', async () => {
  await using scene = applyScene()
  scene.store.setNetwork('front', { ...CREATED, phase: 'creating' })
  await createNetwork(scene.context, creation())
  expect(scene.network.asked[0]).toBe('bridge shop_front like 10.0.0.0/24')
})

test('createNetwork() removes first what is to be removed', async () => {
  await using scene = applyScene()
  scene.store.setNetwork('front', CREATED)
  await removeNetwork(scene.context, REMOVAL)
  await createNetwork(scene.context, creation())
  expect(scene.network.asked).toEqual(['remove br0', 'bridge shop_front', 'firewall'])
})

test('createNetwork() makes nothing while the network that it replaces is there', async () => {
  await using scene = applyScene()
  scene.store.setNetwork('front', CREATED)
  scene.network.kept.set('br0', new SystemCallError('netlink', 16, 'delete br0'))
  await removeNetwork(scene.context, REMOVAL)
  await expect(createNetwork(scene.context, creation())).rejects.toMatchObject({
    code: 'network',
    message: 'Cannot create network "shop_front": the one that it replaces is still there',
    origin: 'networks.front',
  })
  expect(scene.network.asked).toEqual(['remove br0'])
  expect(await scene.settled()).toMatchObject([
    { message: 'Cannot remove network "shop_front": the kernel refuses to delete interface br0 (EBUSY)' },
  ])
})

test('createNetwork() joins the network of another project that has its name and key, with a warning', async () => {
  await using scene = applyScene()
  await neighbour(scene, 'proxy')
  await createNetwork(scene.context, creation(SHARED))
  expect(scene.network.asked).toEqual([])
  expect(scene.store.record.networks.get('front')).toMatchObject({ phase: 'created', joined: true })
  expect(scene.store.record.networks.get('front')?.bridge).toBeUndefined()
  expect(scene.said).toEqual([
    'warning: Network "proxy" exists but was not created for project "shop": it is that of project "other"; set "external: true" to use an existing network',
  ])
})

test('createNetwork() has a network with a name of its own on disk before another project can make it', async () => {
  await using scene = applyScene()
  await createNetwork(scene.context, creation(SHARED))
  const { layout, project } = scene.context
  expect(new RecordStore(project, layout).record.networks.get('front')).toMatchObject({ bridge: 'br1' })
})

test('removeNetwork() forgets a network when its bridge is gone, and not before', async () => {
  await using scene = applyScene()
  scene.store.setNetwork('front', CREATED)
  await removeNetwork(scene.context, REMOVAL)
  expect(scene.store.record.networks.get('front')?.phase).toBe('removing')
  expect(await scene.settled()).toEqual([])
  expect(scene.network.asked).toEqual(['remove br0'])
  expect(scene.store.record.networks.size).toBe(0)
})

test('removeNetwork() keeps others from the addresses of a network until it is gone', async () => {
  await using scene = applyScene()
  scene.store.setNetwork('front', CREATED)
  await removeNetwork(scene.context, REMOVAL)
  let isFree = false
  const lock = lockLeases(scene.roots, 'shop_front').then(lease => {
    isFree = true
    return lease
  })
  await new Promise(resolve => setTimeout(resolve, 30))
  expect(isFree).toBe(false)
  await scene.settled()
  using _lease = await lock
})

test('removeNetwork() has no bridge to remove where none was made', async () => {
  await using scene = applyScene()
  const none = { bridge: undefined, subnet: undefined, gateway: undefined }
  scene.store.setNetwork('front', { ...CREATED, ...none, phase: 'creating' })
  await removeNetwork(scene.context, REMOVAL)
  await removeNetwork(scene.context, { ...REMOVAL, key: 'absent', name: 'shop_absent' })
  await scene.settled()
  expect(scene.network.asked).toEqual([])
  expect(scene.store.record.networks.size).toBe(0)
})

test('removeNetwork() leaves a network that was joined to its own project', async () => {
  await using scene = applyScene()
  scene.store.setNetwork('front', { ...CREATED, joined: true })
  await removeNetwork(scene.context, REMOVAL)
  await scene.settled()
  expect(scene.network.asked).toEqual([])
  expect(scene.store.record.networks.size).toBe(0)
})

test('removeNetwork() leaves a network to the other projects that use it', async () => {
  await using scene = applyScene()
  scene.store.setNetwork('front', CREATED)
  await neighbour(scene, 'shop_front')
  await removeNetwork(scene.context, REMOVAL)
  await scene.settled()
  expect(scene.network.asked).toEqual([])
  expect(scene.store.record.networks.get('front')).toEqual({ ...CREATED, abandoned: true })
  expect(scene.said).toEqual([
    'warning: Network "shop_front" is still in use by container "other-web-1": it is removed with the last of them',
    'left: Resource is still in use',
  ])
  expect(readLeases(scene.roots, 'shop_front')).toHaveLength(1)
  // The lock is free again.
  using _lease = await lockLeases(scene.roots, 'shop_front')
})

test('removeNetwork() cannot replace a network that other projects use', async () => {
  await using scene = applyScene()
  scene.store.setNetwork('front', { ...CREATED, phase: 'creating' })
  await neighbour(scene, 'shop_front')
  await expect(removeNetwork(scene.context, REMOVAL)).rejects.toMatchObject({
    code: 'network',
    message:
      'Cannot replace network "shop_front": it is in use by container "other-web-1", expected no container of another project',
    origin: 'networks.front',
  })
})
