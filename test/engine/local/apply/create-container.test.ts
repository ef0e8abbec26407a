import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { createContainer } from '../../../../src/engine/local/apply/create-container.ts'
import { containerLayout } from '../../../../src/engine/local/state/layout.ts'
import type { ContainerEntry } from '../../../../src/engine/local/state/project-record.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { volumeLayout } from '../../../../src/engine/local/volume/volume-layout.ts'
import type { Mount } from '../../../../src/model/mount.ts'
import { type ContainerId, parseContainerId } from '../../../../src/model/names.ts'
import type { LeasedThing } from '../../../../src/store/lease.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aVolumeMount } from '../../../support/model-builders.ts'

const ID = parseContainerId('a'.repeat(64))
const ANNOUNCED = new Map<string, ContainerId>([['web-1', ID]])

/** A scene whose lease tells what it keeps. */
function announcedScene() {
  const kept: LeasedThing[] = []
  const lease = {
    path: undefined,
    keep: async (things: readonly LeasedThing[]) => void kept.push(...things),
    [Symbol.dispose]: () => {},
  }
  return { scene: applyScene({ announced: ANNOUNCED, lease }), kept }
}

function announce(
  scene: ApplyScene,
  mounts: readonly Mount[],
  changes: Partial<ContainerEntry['spec']> = {},
) {
  const spec = { ...aContainerSpec({ image: `rootfs:${scene.image}`, mounts }), ...changes }
  const rest = { imageId: undefined, createdAt: 7, command: [], anonymousVolumes: [] }
  scene.store.setContainer(ID, { id: ID, phase: 'creating', spec, ...rest })
  return { kind: 'create-container', container: spec, replaces: undefined } as const
}

function anonymousMount(target: string): Mount {
  return { ...aVolumeMount('x'), ...{ volume: undefined, target: parseAbsolutePath(target) } } as Mount
}

test('createContainer() makes the folders of a container and writes down what it is made of', async () => {
  const { scene, kept } = announcedScene()
  await using _ = scene
  const action = announce(scene, [])
  const exposing = {
    ...action.container,
    config: { ...action.container.config, expose: ['80/tcp', '80/tcp'] },
  }
  await createContainer(scene.context, { ...action, container: exposing })
  const { upper, work } = containerLayout(scene.roots, scene.context.project, ID)
  expect([upper, work].every(existsSync)).toBe(true)
  const entry = scene.store.record.containers.get(ID)
  expect(entry).toEqual({
    ...{ id: ID, phase: 'created', spec: action.container, createdAt: 7, anonymousVolumes: [] },
    ...{ command: ['/bin/app'], exposedPorts: ['80/tcp'], imageId: expect.stringMatching(/^sha256:/) },
  })
  expect(kept).toEqual([`image ${entry?.imageId}`])
  expect(scene.said).toEqual([])
})

test('createContainer() says nothing of ports and images that there are none of', async () => {
  const { scene } = announcedScene()
  await using _ = scene
  await createContainer(scene.context, announce(scene, []))
  const entry = scene.store.record.containers.get(ID)
  expect(entry).not.toHaveProperty('exposedPorts')
  expect(entry).not.toHaveProperty('mountedImages')
})

test('createContainer() makes an anonymous volume with the content of the image', async () => {
  const { scene, kept } = announcedScene()
  await using _ = scene
  mkdirSync(join(scene.image, 'data'))
  writeFileSync(join(scene.image, 'data', 'file'), 'of the image')
  await createContainer(scene.context, announce(scene, [anonymousMount('/data')]))
  const [volume] = scene.store.record.containers.get(ID)?.anonymousVolumes ?? []
  expect(volume).toEqual({ target: '/data', name: expect.stringMatching(/^[0-9a-f]{64}$/) })
  const { data } = volumeLayout(scene.roots, volume?.name ?? '')
  expect(readFileSync(join(data, 'file'), 'utf8')).toBe('of the image')
  expect(kept).toContain(`volume ${volume?.name}`)
})

test('createContainer() takes over the anonymous volume of the container that it replaces', async () => {
  const { scene } = announcedScene()
  await using _ = scene
  const volumes = [{ target: '/data', name: 'b'.repeat(64) }]
  const old = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }), {
    anonymousVolumes: volumes,
  })
  const action = announce(scene, [anonymousMount('/data'), anonymousMount('/more')])
  await createContainer(scene.context, { ...action, replaces: old.entry.id })
  const [first, second] = scene.store.record.containers.get(ID)?.anonymousVolumes ?? []
  expect(first).toEqual(volumes[0])
  expect(second).toMatchObject({ target: '/more' })
  expect(second?.name).not.toBe(first?.name)
})

for (const { what, mount, isFilled } of [
  { what: 'fills an empty named volume from the image', mount: {}, isFilled: true },
  { what: 'fills no volume that is not to be', mount: { nocopy: true }, isFilled: false },
  { what: 'fills no folder within a volume', mount: { subpath: 'deep' }, isFilled: false },
]) {
  test(`createContainer() ${what}`, async () => {
    const { scene } = announcedScene()
    await using _ = scene
    mkdirSync(join(scene.image, 'data'))
    writeFileSync(join(scene.image, 'data', 'file'), 'of the image')
    const content = createVolume(scene.roots, { name: 'shop_data', labels: new Map(), createdAt: 1 })
    const volumeNames = new Map([['data', 'shop_data']])
    const data = { ...aVolumeMount('data'), ...mount } as Mount
    await createContainer(scene.context, announce(scene, [data], { volumeNames }))
    expect(existsSync(join(content, 'file'))).toBe(isFilled)
  })
}

test('createContainer() fails without a volume that nobody made', async () => {
  const { scene } = announcedScene()
  await using _ = scene
  const volumeNames = new Map([['data', 'theirs']])
  await expect(createContainer(scene.context, announce(scene, [], { volumeNames }))).rejects.toMatchObject({
    code: 'volume',
    origin: 'volumes.data',
  })
})

test('createContainer() makes the source of a bind mount, where it may', async () => {
  const { scene } = announcedScene()
  await using _ = scene
  const bind = (name: string, createHostPath: boolean): Mount => ({
    ...{ kind: 'bind', source: parseAbsolutePath(join(scene.roots.data, name)), readOnly: false },
    ...{ target: parseAbsolutePath('/b'), createHostPath, propagation: 'rprivate', recursive: true },
    origin: servicePath('web', 'volumes', createHostPath ? 0 : 1),
  })
  await createContainer(scene.context, announce(scene, [bind('made', true)]))
  expect(existsSync(join(scene.roots.data, 'made'))).toBe(true)
  const refused = createContainer(scene.context, announce(scene, [bind('made', true), bind('absent', false)]))
  await expect(refused).rejects.toMatchObject({
    code: 'bind-source-not-found',
    origin: 'services.web.volumes.1',
  })
})

test('createContainer() keeps and writes down the image of a mount', async () => {
  const { scene, kept } = announcedScene()
  await using _ = scene
  const mount: Mount = {
    ...{ kind: 'image', image: `rootfs:${scene.image}`, target: parseAbsolutePath('/i'), subpath: undefined },
    origin: servicePath('web', 'volumes', 0),
  }
  await createContainer(scene.context, announce(scene, [mount]))
  const { imageId, mountedImages } = scene.store.record.containers.get(ID) ?? {}
  expect([...(mountedImages ?? [])]).toEqual([[`rootfs:${scene.image}`, imageId]])
  expect(kept).toEqual([`image ${imageId}`, `image ${imageId}`])
})

test('createContainer() makes nothing that was not announced', async () => {
  await using scene = applyScene()
  await expect(createContainer(scene.context, announce(scene, []))).rejects.toThrow(
    'Cannot create container shop-web-1: it was not announced',
  )
})
