import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forgetProject } from '../../../../src/engine/local/apply/forget-project.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { applyScene } from '../../../support/apply-scene.ts'

test('forgetProject() removes the folders of a project, but for the lock that its caller holds', async () => {
  await using scene = applyScene()
  const { layout } = scene.context
  writeFileSync(layout.lock, '')
  writeFileSync(layout.keeperLog, '')
  mkdirSync(layout.netnsDir)
  writeFileSync(layout.record, '{}')
  await forgetProject(layout, scene.store)
  expect(existsSync(layout.dataDir)).toBe(false)
  expect(readdirSync(layout.runDir)).toEqual(['lock'])
})

test('forgetProject() writes down whose the volumes are that stay', async () => {
  await using scene = applyScene()
  const { layout, project } = scene.context
  writeFileSync(layout.keeperLog, '')
  const volume = { key: 'data', name: 'shop_data', configHash: 'v', external: false }
  scene.store.setVolume('data', { ...volume, phase: 'created' })
  await forgetProject(layout, scene.store)
  expect([...new RecordStore(project, layout).record.volumes.keys()]).toEqual(['data'])
  expect(readdirSync(layout.runDir)).toEqual([])
})

test('forgetProject() leaves records to the user that were put aside', async () => {
  await using scene = applyScene()
  const { layout } = scene.context
  const aside = 'project.json.damaged-2'
  writeFileSync(join(layout.dataDir, aside), '')
  writeFileSync(layout.record, '{}')
  await forgetProject(layout, scene.store)
  expect(readdirSync(layout.dataDir)).toEqual([aside])
})
