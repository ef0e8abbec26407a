import { existsSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { removeContainer } from '../../../../src/engine/local/apply/remove-container.ts'
import { containerLayout } from '../../../../src/engine/local/state/layout.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aLiveEndpoint, aLiveRecord } from '../../../support/live-record.ts'

const VOLUME = 'c'.repeat(64)

/** A container with an interface, a log and an anonymous volume. */
function create(scene: ApplyScene, changes: { readonly withVolumes?: boolean } = {}) {
  const anonymousVolumes = [{ target: '/data', name: VOLUME }]
  const spec = aContainerSpec({ image: `rootfs:${scene.image}` })
  const { entry, layout } = scene.addContainer(spec, { anonymousVolumes, ...changes })
  writeVolatileRecord(layout.live, aLiveRecord(entry, { endpoints: [aLiveEndpoint()] }))
  writeFileSync(layout.log, '')
  writeFileSync(layout.hosts, '')
  const content = createVolume(scene.roots, { name: VOLUME, labels: new Map(), createdAt: 1 })
  const action = { kind: 'remove-container', id: entry.id, name: spec.name, anonymousVolumes: false } as const
  return { entry, layout, content, action }
}

test('removeContainer() removes a container with its files, but for its volumes', async () => {
  await using scene = applyScene()
  const { layout, content, action } = create(scene)
  await removeContainer(scene.context, action)
  expect(existsSync(layout.dataDir)).toBe(false)
  expect(existsSync(layout.hosts)).toBe(false)
  // It names what the kernel still has.
  expect(existsSync(layout.live)).toBe(true)
  expect(await scene.settled()).toEqual([])
  expect(scene.network.asked).toEqual(['remove netns', 'remove veth0'])
  expect(existsSync(layout.runDir)).toBe(false)
  expect(existsSync(content)).toBe(true)
  expect(scene.store.record.containers.size).toBe(0)
})

for (const { what, asked, earlier } of [
  { what: 'it is asked to', asked: true, earlier: {} },
  { what: 'a removal that was cut short was asked to', asked: false, earlier: { withVolumes: true } },
]) {
  test(`removeContainer() removes the anonymous volumes where ${what}`, async () => {
    await using scene = applyScene()
    const { content, action } = create(scene, earlier)
    await removeContainer(scene.context, { ...action, anonymousVolumes: asked })
    expect(existsSync(content)).toBe(false)
  })
}

test('removeContainer() has on disk what is to go before it goes', async () => {
  await using scene = applyScene()
  const { entry, action } = create(scene)
  scene.network.kept.set('veth0', new SystemCallError('netlink', 16, 'delete veth0'))
  await removeContainer(scene.context, { ...action, anonymousVolumes: true })
  const { record } = new RecordStore(scene.context.project, scene.context.layout)
  expect(record.containers.get(entry.id)).toMatchObject({ phase: 'removing', withVolumes: true })
  expect(await scene.settled()).toMatchObject([{ code: 'network' }])
  expect(scene.store.record.containers.get(entry.id)?.phase).toBe('removing')
  expect(existsSync(containerLayout(scene.roots, scene.context.project, entry.id).live)).toBe(true)
})

test('removeContainer() warns of an anonymous volume that another container uses', async () => {
  await using scene = applyScene()
  const { content, action } = create(scene)
  const spec = { ...aContainerSpec({ image: `rootfs:${scene.image}` }), name: 'shop-web-2', number: 2 }
  scene.addContainer(spec, { anonymousVolumes: [{ target: '/other', name: VOLUME }] })
  await scene.store.save()
  await removeContainer(scene.context, { ...action, anonymousVolumes: true })
  expect(existsSync(content)).toBe(true)
  expect(scene.said).toEqual([expect.stringMatching(/^warning: .*shop-web-2/)])
})

test('removeContainer() has nothing to do for a container that is gone', async () => {
  await using scene = applyScene()
  const id = containerIdOf(1)
  await removeContainer(scene.context, { kind: 'remove-container', id, name: 'a', anonymousVolumes: true })
  expect(scene.network.asked).toEqual([])
})
