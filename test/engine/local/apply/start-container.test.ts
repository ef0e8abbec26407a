import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { millisOf } from '../../../../src/base/millis.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { startContainer } from '../../../../src/engine/local/apply/start-container.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { readLiveRecord } from '../../../../src/engine/local/state/live-files.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import type { Service } from '../../../../src/model/service.ts'
import { LaunchFailure } from '../../../../src/runtime/keeper/keeper-error.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aLiveEndpoint, aLiveRecord } from '../../../support/live-record.ts'
import { aNetwork, onNetworks } from '../../../support/model-builders.ts'

const WEB = { kind: 'start-container', replica: { service: 'web', number: 1 }, name: 'shop-web-1' } as const
const VETH = /^tcv[0-9a-f]{10}$/
const PORT = {
  origin: servicePath('web', 'ports', 0),
  hostIp: '0.0.0.0',
  published: { from: 8080, to: 8080 },
  target: 80,
  protocol: 'tcp',
} as const

/** Adds the network `default` and a container of `web` on it. */
function create(scene: ApplyScene, config: Partial<Service> = {}) {
  const network = aNetwork('default')
  const made = { bridge: 'br0', subnet: '10.1.0.0/24', gateway: '10.1.0.1' }
  scene.store.setNetwork('default', { phase: 'created', configHash: '', network, ...made })
  const spec = aContainerSpec({ image: `rootfs:${scene.image}`, ...config })
  return scene.addContainer({ ...spec, networkNames: new Map([['default', 'shop_default']]) })
}

test('startContainer() starts the one that was made whole, beside a newer one whose creation was cut short', async () => {
  await using scene = applyScene()
  const { entry } = create(scene)
  scene.addContainer(entry.spec, { phase: 'creating', imageId: undefined })
  await startContainer(scene.context, WEB)
  expect(scene.keeper.asked).toContain('launch 111111111111')
})

test('startContainer() connects, publishes and launches in this order', async () => {
  const started: string[] = []
  await using scene = applyScene({ wantSupervisor: () => void started.push('web') })
  const { entry, layout } = create(scene, { ports: [PORT] })
  await startContainer(scene.context, WEB)
  expect(scene.network.asked).toEqual(['remove netns', 'firewall 8080->10.1.0.2:80'])
  expect(scene.keeper.asked).toEqual(['hold tcp 0.0.0.0:8080', 'launch 111111111111'])
  expect(readLiveRecord(layout.live)).toEqual({
    ...{ version: 1, id: entry.id, project: 'shop', service: 'web', number: 1, name: 'shop-web-1' },
    upAt: expect.any(Number),
    ...{ netns: layout.netns, hostname: '111111111111', restart: { kind: 'no' } },
    endpoints: [
      {
        ...{ network: 'default', networkName: 'shop_default', ipv4Address: '10.1.0.2', prefixLength: 24 },
        ...{ gateway: '10.1.0.1', macAddress: '02:42:0a:01:00:02', interfaceName: 'eth0' },
        ...{ hostInterface: expect.stringMatching(VETH), aliases: [] },
      },
    ],
    ports: [{ hostIp: '0.0.0.0', hostPort: 8080, target: 80, protocol: 'tcp' }],
    dns: {
      ...{ udpSocket: '111111111111/net/dns/udp', tcpSocket: '111111111111/net/dns/tcp' },
      ...{ upstreams: [], forward: true },
    },
    cgroups: [expect.stringMatching(/\/cgroup\/tcompose\/abcdef\/shop\/111111111111$/)],
  })
  expect(readFileSync(layout.hosts, 'utf8')).toContain('10.1.0.2\t')
  expect(existsSync(layout.launch)).toBe(true)
  expect(existsSync(layout.healthLaunch)).toBe(false)
  expect(started).toEqual(['web'])
})

test('startContainer() leaves the firewall as it is where nothing is published', async () => {
  await using scene = applyScene()
  create(scene)
  await startContainer(scene.context, WEB)
  expect(scene.network.asked).toEqual(['remove netns'])
})

test('startContainer() takes back what it made when the process cannot be started', async () => {
  const started: string[] = []
  await using scene = applyScene({ wantSupervisor: () => void started.push('web') })
  const { layout } = create(scene, { ports: [PORT] })
  scene.keeper.launchFailure = new LaunchFailure({ index: -1, errno: 12, what: 'clone3' })
  await expect(startContainer(scene.context, WEB)).rejects.toMatchObject({
    code: 'container-launch',
    message: expect.stringContaining('Cannot start service "web": clone3: '),
    origin: 'services.web',
  })
  expect(scene.keeper.asked.at(-1)).toBe('release 1')
  expect(scene.network.asked.at(-2)).toBe('remove netns')
  expect(scene.network.asked.at(-1)).toMatch(/^remove tcv[0-9a-f]{10}$/)
  expect([layout.live, layout.launch].filter(existsSync)).toEqual([])
  expect(scene.context.ports.all()).toEqual([])
  expect(started).toEqual([])
})

test('startContainer() passes a failure on that is none of the launch', async () => {
  await using scene = applyScene()
  create(scene, { ports: [PORT] })
  scene.keeper.refusedPorts.set(8080, 'EACCES')
  await expect(startContainer(scene.context, WEB)).rejects.toThrow('Cannot publish port 8080')
  expect(scene.keeper.asked).not.toContain('launch 111111111111')
  expect(scene.network.asked).toEqual(['remove netns', 'remove netns'])
})

test('startContainer() ends a container that still runs, and by its stop signal', async () => {
  await using scene = applyScene()
  const { entry, layout } = create(scene)
  await scene.keeper.run(entry.id, layout.runDir)
  await startContainer(scene.context, WEB)
  expect(scene.keeper.asked[0]).toBe('signal 15')
  expect(scene.keeper.asked.at(-1)).toBe('launch 111111111111')
  expect(existsSync(layout.exit)).toBe(false)
})

test('startContainer() stores the launch of the health check beside that of the process', async () => {
  await using scene = applyScene()
  const seconds = (count: number) => millisOf(count * 1000)
  const { layout } = create(scene, {
    healthcheck: {
      test: { kind: 'exec', argv: ['/bin/probe'] },
      ...{ interval: seconds(1), timeout: seconds(2), retries: 3 },
      ...{ startPeriod: seconds(4), startInterval: seconds(5) },
    },
  })
  await startContainer(scene.context, WEB)
  expect(existsSync(layout.healthLaunch)).toBe(true)
  expect(readLiveRecord(layout.live)?.health).toEqual({
    test: { kind: 'exec', argv: ['/bin/probe'] },
    ...{ intervalMs: 1000, timeoutMs: 2000, retries: 3, startPeriodMs: 4000, startIntervalMs: 5000 },
  })
})

test('startContainer() has the firewall let a network of another project through', async () => {
  await using scene = applyScene()
  const { entry } = create(scene)
  const networkNames = new Map([
    ['default', 'shop_default'],
    ['theirs', 'other_net'],
  ])
  scene.store.setContainer(entry.id, { ...entry, spec: { ...entry.spec, networkNames } })
  await startContainer(scene.context, WEB)
  expect(scene.network.asked.at(-1)).toBe('firewall')
})

test('startContainer() gives a container on the network of the host no namespace and no port', async () => {
  await using scene = applyScene()
  const { layout } = create(scene, { networkMode: { kind: 'host' }, ports: [PORT] })
  await startContainer(scene.context, WEB)
  expect(scene.network.asked).toEqual(['remove netns'])
  expect(scene.keeper.asked).toEqual(['launch 111111111111'])
  expect(readLiveRecord(layout.live)).toMatchObject({ endpoints: [], ports: [] })
  expect(readLiveRecord(layout.live)).not.toHaveProperty('netns')
  expect(readFileSync(layout.hostname, 'utf8')).toBe('machine\n')
})

test('startContainer() gives a container without networks loopback alone', async () => {
  await using scene = applyScene()
  const { layout } = create(scene, { networkMode: { kind: 'none' } })
  await startContainer(scene.context, WEB)
  expect(scene.network.asked).toEqual(['remove netns'])
  expect(scene.keeper.asked).toEqual(['launch 111111111111'])
  expect(readLiveRecord(layout.live)).toMatchObject({ netns: layout.netns })
  expect(readLiveRecord(layout.live)).not.toHaveProperty('dns')
})

test('startContainer() lets a container share the namespace and the names of another service', async () => {
  await using scene = applyScene()
  const web = create(scene)
  const spec = aContainerSpec({
    image: `rootfs:${scene.image}`,
    networkMode: { kind: 'service', service: 'web' },
  })
  const side = scene.addContainer({ ...spec, service: 'side', name: 'shop-side-1' })
  const deep = { ...spec.config, networkMode: { kind: 'service', service: 'side' } } as const
  const third = scene.addContainer({ ...spec, service: 'third', name: 'shop-third-1', config: deep })
  for (const service of ['web', 'side', 'third']) {
    await startContainer(scene.context, { ...WEB, replica: { service, number: 1 } })
  }
  for (const { layout } of [side, third]) {
    expect(readLiveRecord(layout.live)).toMatchObject({ netns: web.layout.netns, endpoints: [] })
    expect(existsSync(layout.hosts)).toBe(false)
    expect(readFileSync(layout.launch, 'latin1')).toContain(web.layout.hosts)
  }
})

test('startContainer() connects networks by their priority, and notes them by their names, each with its own', async () => {
  await using scene = applyScene()
  const mode = onNetworks('default', 'back')
  if (mode.kind !== 'networks') throw new Error('on networks')
  const attachments = mode.attachments.map(attachment => ({
    ...attachment,
    ...(attachment.network === 'default' ? { priority: 5, aliases: ['shop'] } : {}),
  }))
  const { entry, layout } = create(scene, { networkMode: { kind: 'networks', attachments } })
  scene.store.setNetwork('back', {
    ...{ phase: 'created', configHash: '', network: aNetwork('back') },
    ...{ bridge: 'br1', subnet: '10.9.0.0/24', gateway: '10.9.0.1' },
  })
  const networkNames = new Map([...entry.spec.networkNames, ['back', 'shop_back'] as const])
  scene.store.setContainer(entry.id, { ...entry, spec: { ...entry.spec, networkNames } })
  await startContainer(scene.context, WEB)
  expect(readLiveRecord(layout.live)?.endpoints).toMatchObject([
    { network: 'back', ipv4Address: '10.9.0.2', interfaceName: 'eth1', aliases: [] },
    { network: 'default', ipv4Address: '10.1.0.2', interfaceName: 'eth0', aliases: ['shop'] },
  ])
})

test('startContainer() says so where a network of the project was not made', async () => {
  await using scene = applyScene()
  create(scene)
  scene.store.setNetwork('default', {
    ...{ phase: 'creating', configHash: '', network: aNetwork('default') },
    ...{ bridge: 'br0', subnet: undefined, gateway: undefined },
  })
  await expect(startContainer(scene.context, WEB)).rejects.toMatchObject({
    code: 'network',
    message: 'Cannot use network "default": it was not created',
    origin: 'networks.default',
  })
})

test('startContainer() starts nothing while an interface of the last run is there', async () => {
  await using scene = applyScene()
  const { entry, layout } = create(scene)
  writeVolatileRecord(
    layout.live,
    aLiveRecord(entry, { endpoints: [aLiveEndpoint({ hostInterface: 'veth9' })] }),
  )
  scene.network.kept.set('veth9', new SystemCallError('netlink', 16, 'delete veth9'))
  await expect(startContainer(scene.context, WEB)).rejects.toMatchObject({ code: 'network' })
  expect(scene.keeper.asked).toEqual([])
})

test('startContainer() connects to the network of another project that was joined', async () => {
  await using scene = applyScene()
  const { layout } = create(scene)
  const other = parseProjectName('other')
  const theirs = new RecordStore(other, projectLayout(scene.roots, other))
  const network = aNetwork('default', { name: 'shop_default' })
  const none = { bridge: undefined, subnet: undefined, gateway: undefined }
  const entry = { phase: 'created', configHash: '', network } as const
  theirs.setNetwork('default', { ...entry, bridge: 'br9', subnet: '10.9.0.0/24', gateway: '10.9.0.1' })
  await theirs.save()
  scene.store.setNetwork('default', { ...entry, ...none, joined: true })
  await startContainer(scene.context, WEB)
  expect(readLiveRecord(layout.live)?.endpoints).toMatchObject([{ ipv4Address: '10.9.0.2' }])
})

test('startContainer() gives the containers of a linked service a name each', async () => {
  await using scene = applyScene()
  const links = new Map([
    ['store', 'db'],
    ['elsewhere', 'other-db-1'],
  ])
  const { layout } = create(scene, { networkMode: onNetworks('default'), links })
  const spec = aContainerSpec({ image: `rootfs:${scene.image}` })
  scene.addContainer({ ...spec, service: 'db', name: 'shop-db-1' })
  scene.addContainer({ ...spec, service: 'db', number: 2, name: 'shop-db-2' })
  scene.addContainer({ ...spec, service: 'db', number: 3, name: 'shop-db-3' }, { phase: 'removing' })
  scene.addContainer({ ...spec, service: 'db', number: 0, slug: 'abc', name: 'shop-db-run-abc' })
  await startContainer(scene.context, WEB)
  expect(readLiveRecord(layout.live)?.dns?.links).toEqual(
    new Map([['db-1', 'shop-db-1'], ['db-2', 'shop-db-2'], ...links]),
  )
})
