import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import {
  disconnectContainer,
  reattachContainer,
} from '../../../../src/engine/local/apply/reattach-container.ts'
import { readLiveRecord } from '../../../../src/engine/local/state/live-files.ts'
import type { LiveRecord } from '../../../../src/engine/local/state/live-record.ts'
import { readLeases } from '../../../../src/engine/local/state/network-leases.ts'
import type { NetworkAttachment } from '../../../../src/model/network.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aLiveEndpoint, aLiveRecord } from '../../../support/live-record.ts'
import { aNetwork, anAttachment } from '../../../support/model-builders.ts'

const PORT = { hostIp: '127.0.0.1', hostPort: 8080, target: 80, protocol: 'tcp' } as const

/** A container that runs on `front` and is to be on what `wanted` says. */
async function reattaching(
  scene: ApplyScene,
  wanted: readonly NetworkAttachment[],
  changes: Partial<LiveRecord> = {},
) {
  for (const [index, key] of ['front', 'back'].entries()) {
    const subnet = { subnet: `10.${index + 1}.0.0/24`, gateway: `10.${index + 1}.0.1` }
    const network = aNetwork(key)
    scene.store.setNetwork(key, {
      phase: 'created',
      configHash: '',
      network,
      bridge: `br${index}`,
      ...subnet,
    })
  }
  const ports = [
    {
      ...{ hostIp: '127.0.0.1', published: { from: 8080, to: 8080 }, target: 80, protocol: 'tcp' as const },
      origin: servicePath('web', 'ports', 0),
    },
  ]
  const spec = {
    ...aContainerSpec({
      image: `rootfs:${scene.image}`,
      ports,
      networkMode: { kind: 'networks', attachments: wanted },
    }),
    networkNames: new Map(wanted.map(({ network }) => [network, `shop_${network}`])),
  }
  const { entry, layout } = scene.addContainer(spec, { isReattaching: true })
  const endpoint = aLiveEndpoint({
    network: 'front',
    networkName: 'shop_front',
    ipv4Address: '10.1.0.2',
    hostInterface: 'vethF',
  })
  const dns = { udpSocket: 'u', tcpSocket: 't', upstreams: [], forward: true }
  writeVolatileRecord(
    layout.live,
    aLiveRecord(entry, { endpoints: [endpoint], ports: [PORT], dns, ...changes }),
  )
  writeFileSync(layout.hosts, `10.1.0.2\t${entry.id.slice(0, 12)}\n`)
  const { id } = entry
  const name = spec.name
  return {
    layout,
    id,
    live: () => readLiveRecord(layout.live),
    entry: () => scene.store.record.containers.get(id),
    disconnect: (...networks: readonly string[]) =>
      disconnectContainer(scene.context, { kind: 'disconnect-container', id, name, networks }),
    reattach: (connect: readonly string[], disconnect: readonly string[] = []) =>
      reattachContainer(scene.context, {
        kind: 'reattach-container',
        id,
        name,
        container: spec,
        connect,
        disconnect,
      }),
  }
}

test('reattachContainer() connects what is to be there, writes it down, and has ports and names follow', async () => {
  let isSupervised = false
  const wantSupervisor = (): void => {
    isSupervised = true
  }
  await using scene = applyScene({ wantSupervisor })
  const web = await reattaching(scene, [anAttachment('back', { aliases: ['shop'] })])
  await web.reattach(['back'], ['front'])
  expect(scene.network.asked).toEqual(['remove vethF', 'add eth0 on shop_back', 'firewall 8080->10.2.0.2:80'])
  expect(web.live()).toMatchObject({
    endpoints: [{ network: 'back', ipv4Address: '10.2.0.2', gateway: '10.2.0.1', aliases: ['shop'] }],
    ports: [PORT],
    dns: { forward: true },
    reattachedAt: expect.any(Number),
  })
  expect(web.live()).not.toHaveProperty('unsettled')
  expect(readFileSync(web.layout.hosts, 'utf8')).toBe(`10.2.0.2\t${web.id.slice(0, 12)}\n`)
  expect(readLeases(scene.roots, 'shop_back')).toMatchObject([
    { container: web.id, ipv4Address: '10.2.0.2', aliases: ['shop'] },
  ])
  expect([existsSync(scene.context.layout.reattached), isSupervised]).toEqual([true, true])
  expect(web.entry()?.isReattaching).toBeUndefined()
})

test('reattachContainer() keeps what stays, and gives it other names', async () => {
  await using scene = applyScene()
  const web = await reattaching(scene, [anAttachment('front', { aliases: ['page'] }), anAttachment('back')])
  await web.reattach(['back'])
  expect(scene.network.asked[0]).toBe('add eth1 on shop_back')
  expect(
    web
      .live()
      ?.endpoints.map(({ ipv4Address, hostInterface, aliases }) => [ipv4Address, hostInterface, aliases]),
  ).toEqual([
    ['10.2.0.2', expect.any(String), []],
    ['10.1.0.2', 'vethF', ['page']],
  ])
  expect(readLeases(scene.roots, 'shop_front')).toMatchObject([
    { ipv4Address: '10.1.0.2', aliases: ['page'] },
  ])
})

test('disconnectContainer() takes the names away before the interface, and gives the address back', async () => {
  await using scene = applyScene()
  const web = await reattaching(scene, [anAttachment('front')])
  await web.reattach(['front'])
  scene.network.asked.splice(0)
  await web.disconnect('front')
  await web.disconnect('front')
  expect(scene.network.asked.filter(each => each.startsWith('remove'))).toHaveLength(1)
  expect(web.live()?.endpoints).toEqual([])
  expect(readLeases(scene.roots, 'shop_front')).toEqual([])
  expect(scene.context.ports.all()).toEqual([])
})

test('reattachContainer() removes what a change that was cut short has left', async () => {
  await using scene = applyScene()
  const unsettled = [
    aLiveEndpoint({ network: 'back', networkName: 'shop_back', hostInterface: 'vethB' }),
    aLiveEndpoint({ network: 'wire', networkName: 'wire', interfaceName: 'eth4', hostInterface: '' }),
  ]
  const web = await reattaching(scene, [anAttachment('front')], { unsettled })
  await web.reattach([])
  expect(scene.network.asked.slice(0, 2)).toEqual(['delete eth4 inside', 'remove vethB'])
  expect(web.live()).not.toHaveProperty('unsettled')
})

test('reattachContainer() says at any moment what may be in the kernel, and that it is under way', async () => {
  await using scene = applyScene()
  const web = await reattaching(scene, [anAttachment('back')])
  const failure = new Error('no bridge')
  const network = {
    ...scene.network,
    addEndpoints: () => {
      throw failure
    },
  }
  const action = {
    kind: 'reattach-container',
    id: web.id,
    name: '',
    connect: ['back'],
    disconnect: [],
  } as const
  const container = web.entry()?.spec
  if (container === undefined) throw new Error('no container')
  await expect(reattachContainer({ ...scene.context, network }, { ...action, container })).rejects.toBe(
    failure,
  )
  expect(web.live()?.unsettled).toMatchObject([{ network: 'back' }])
  expect(web.entry()?.isReattaching).toBe(true)
})

test('reattachContainer() settles one that was torn down, and refuses one whose record cannot be read', async () => {
  await using scene = applyScene()
  const gone = await reattaching(scene, [anAttachment('back')])
  writeFileSync(gone.layout.live, 'damaged')
  await expect(gone.reattach(['back'])).rejects.toMatchObject({
    code: 'network',
    hint: 'Run "tcompose up --force-recreate web"',
  })
})
