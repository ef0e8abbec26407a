import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { projectLogSources } from '../../../../src/engine/local/log/project-log-sources.ts'
import { writeExit } from '../../../../src/runtime/keeper/process-files.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aLiveRecord } from '../../../support/live-record.ts'

async function create(scene: ApplyScene) {
  const spec = aContainerSpec({ image: `rootfs:${scene.image}` })
  const web = scene.addContainer(spec)
  scene.addContainer({ ...spec, number: 2, name: 'shop-web-2' })
  scene.addContainer({ ...spec, service: 'db', name: 'shop-db-1' })
  await scene.store.save()
  return web
}

for (const { selection, names } of [
  { selection: { services: [], index: undefined }, names: ['shop-web-1', 'shop-web-2', 'shop-db-1'] },
  { selection: { services: ['web'], index: undefined }, names: ['shop-web-1', 'shop-web-2'] },
  { selection: { services: [], index: 1 }, names: ['shop-web-1', 'shop-db-1'] },
  { selection: { services: ['web'], index: 2 }, names: ['shop-web-2'] },
]) {
  test(`projectLogSources() finds ${names.join(', ')}`, async () => {
    await using scene = applyScene()
    await create(scene)
    const sources = projectLogSources(scene.roots, scene.context.project, selection)
    expect(sources.list().map(({ name }) => name)).toEqual(names)
  })
}

test('projectLogSources() lists what a command has written down since', async () => {
  await using scene = applyScene()
  const selection = { services: [], index: undefined }
  const sources = projectLogSources(scene.roots, scene.context.project, selection)
  expect(sources.list()).toEqual([])
  await create(scene)
  expect(sources.list()).toHaveLength(3)
  expect(sources.isBusy()).toBe(false)
})

test('projectLogSources() tells what each container does', async () => {
  await using scene = applyScene()
  const { entry, layout } = await create(scene)
  const state = () => {
    const selection = { services: ['web'], index: 1 }
    return projectLogSources(scene.roots, scene.context.project, selection).list()[0]?.state
  }
  expect(state()).toEqual({ kind: 'created' })
  await scene.keeper.run(entry.id, layout.runDir)
  expect(state()).toMatchObject({ kind: 'running' })
  writeFileSync(layout.live, '')
  writeExit(layout, { waitStatus: 0, now: Date.now() })
  expect(state()).toMatchObject({ kind: 'exited', exitCode: 0 })
  writeVolatileRecord(layout.live, aLiveRecord(entry, { restart: { kind: 'always' } }))
  expect(state()).toMatchObject({ kind: 'restarting' })
})

test('projectLogSources() leaves out what was written before a command started the container', async () => {
  await using scene = applyScene()
  const { entry, layout } = await create(scene)
  const since = () => {
    const selection = { services: ['web'], index: 1, sinceUp: true }
    return projectLogSources(scene.roots, scene.context.project, selection).list()[0]?.since
  }
  const created = new Date(entry.createdAt).toISOString()
  expect(since()).toBe(created.replace('Z', '000000Z'))
  writeFileSync(layout.live, '')
  writeVolatileRecord(layout.live, aLiveRecord(entry, { upAt: Date.parse('2026-11-23T12:00:00.5Z') }))
  expect(since()).toBe('2026-11-23T12:00:00.500000000Z')
})
