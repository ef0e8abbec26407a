import { closeSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { bytesOf } from '../../../../src/base/bytes.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { preflight } from '../../../../src/engine/local/apply/preflight.ts'
import { knownImages } from '../../../../src/engine/local/image/known-images.ts'
import type { Service } from '../../../../src/model/service.ts'
import type { Step } from '../../../../src/planner/plan.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { boundSocket } from '../../../support/bound-socket.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aLiveRecord } from '../../../support/live-record.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { aPlan, aStart, aStep, aStop } from '../../../support/plan-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('preflight() tells that the keeper is missing where a plan starts containers, and only there', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  const programs = { keeper: join(folder.path, 'keeper'), supervisor: [], filters: folder.path }
  const problems = preflight({
    roots,
    programs,
    images: knownImages(roots),
    plan: aPlan([aStart(1, 'web'), aStart(2, 'db')]),
  })
  expect(problems.map(({ code }) => code)).toEqual(['not-built'])
  expect(
    preflight({
      roots,
      programs,
      images: knownImages(roots),
      plan: aPlan([aStop(1, 'shop-web-1')]),
    }),
  ).toEqual([])
})

/** Looks at `steps` on a machine whose keeper was built. */
function look({ roots }: ApplyScene, ...steps: readonly Step[]) {
  const keeper = join(roots.data, 'keeper')
  writeFileSync(keeper, '')
  const programs = { keeper, supervisor: [], filters: roots.data }
  return preflight({
    roots,
    programs,
    images: knownImages(roots),
    plan: aPlan(steps),
  }).map(({ code, origin, message }) => {
    return { code, origin, message }
  })
}

function creation({ image }: ApplyScene, config: Partial<Service>): Step {
  const container = aContainerSpec({ image: `rootfs:${image}`, ...config })
  return aStep(1, { kind: 'create-container', container, replaces: undefined })
}

function aPort(from: number, changes: Partial<Service['ports'][number]> = {}): Service['ports'][number] {
  return {
    origin: servicePath('web', 'ports', 0),
    hostIp: '127.0.0.1',
    published: { from, to: from },
    target: 80,
    protocol: 'tcp',
    ...changes,
  }
}

test('preflight() finds nothing wrong with what can be made', async () => {
  await using scene = applyScene()
  const fetch = { kind: 'fetch-image', image: `rootfs:${scene.image}`, policy: 'missing' } as const
  const network = { kind: 'create-network', network: aNetwork('front'), configHash: '' } as const
  expect(look(scene, aStep(2, fetch), aStep(3, network), creation(scene, {}), aStart(4, 'web'))).toEqual([])
})

test('preflight() names each step that cannot be done, at its place', async () => {
  await using scene = applyScene()
  const fetch = { kind: 'fetch-image', image: 'rootfs:/nowhere', policy: 'missing' } as const
  const absent = { kind: 'bind', source: parseAbsolutePath('/nowhere'), createHostPath: false } as const
  const mounts = [
    absent,
    { ...absent, createHostPath: true },
    { ...absent, source: parseAbsolutePath('/') },
  ].map((mount, index) => ({
    origin: servicePath('web', 'volumes', index),
    ...{ ...mount, target: parseAbsolutePath('/b'), readOnly: false, propagation: 'rprivate' as const },
    ...{ recursive: true },
  }))
  const { limits } = aContainerSpec().config
  const problems = look(
    scene,
    { ...aStep(2, fetch), origin: servicePath('db', 'image') },
    creation(scene, { mounts, limits: { ...limits, memory: bytesOf(512) } }),
  )
  expect(problems.map(({ code, origin }) => [code, origin])).toEqual([
    ['image-not-found', 'services.db.image'],
    ['bad-value', expect.stringMatching(/^services\.web\./)],
    ['bind-source-not-found', 'services.web.volumes.0'],
  ])
})

test('preflight() names a host port that somebody listens at', async () => {
  await using scene = applyScene()
  const { fd, port } = boundSocket('tcp')
  const ipv6 = boundSocket('tcp', '::1')
  const ports = [
    aPort(port),
    aPort(ipv6.port, { hostIp: '::1', origin: servicePath('web', 'ports', 1) }),
    aPort(port, { hostIp: '::1', origin: servicePath('web', 'ports', 2) }),
  ]
  const problems = look(scene, creation(scene, { ports }))
  closeSync(fd)
  closeSync(ipv6.fd)
  expect(problems.map(({ code, origin }) => [code, origin])).toEqual([
    ['port-in-use', 'services.web.ports.0'],
    ['port-in-use', 'services.web.ports.1'],
  ])
  expect(problems[0]?.message).toContain(`(pid ${process.pid})`)
})

test('preflight() leaves a port to its step where the kernel or a range may give another', async () => {
  await using scene = applyScene()
  const { fd, port } = boundSocket('tcp')
  const range = { from: port, to: port + 1 }
  const ports = [
    aPort(0),
    aPort(port, { published: range }),
    aPort(port, { published: undefined }),
    aPort(port, { protocol: 'udp' }),
  ]
  const problems = look(scene, creation(scene, { ports }))
  closeSync(fd)
  expect(problems).toEqual([])
})

for (const { what, step, isFree } of [
  { what: 'that is stopped', step: aStop(2, 'shop-old-1'), isFree: true },
  {
    what: 'that is removed',
    step: aStep(2, {
      ...{ kind: 'remove-container', id: containerIdOf(1), name: 'shop-old-1', anonymousVolumes: false },
    }),
    isFree: true,
  },
  { what: 'beside one that is stopped', step: aStop(2, 'shop-other-1'), isFree: false },
]) {
  test(`preflight() counts the port of a container ${what} as ${isFree ? 'free' : 'taken'}`, async () => {
    await using scene = applyScene()
    const { fd, port } = boundSocket('tcp')
    const spec = { ...aContainerSpec({ image: `rootfs:${scene.image}` }), name: 'shop-old-1' }
    const { entry, layout } = scene.addContainer(spec)
    const ports = [{ hostIp: '127.0.0.1', hostPort: port, target: 80, protocol: 'tcp' }] as const
    writeVolatileRecord(layout.live, aLiveRecord(entry, { ports }))
    writeFileSync(layout.pid, '4242 1 1700000000123456789\n')
    await scene.store.save()
    const problems = look(scene, step, creation(scene, { ports: [aPort(port)] }))
    closeSync(fd)
    expect(problems.map(({ code }) => code)).toEqual(isFree ? [] : ['port-in-use'])
  })
}
