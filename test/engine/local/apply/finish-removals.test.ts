import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { finishRemovals } from '../../../../src/engine/local/apply/finish-removals.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { applyScene } from '../../../support/apply-scene.ts'

test('finishRemovals() removes the volumes whose removal was announced, and no other', async () => {
  await using scene = applyScene()
  const content = (name: string) => createVolume(scene.roots, { name, labels: new Map(), createdAt: 1 })
  const [doomed, kept] = [content('shop_doomed'), content('shop_kept')]
  const rest = { configHash: 'v', external: false }
  scene.store.setVolume('doomed', { ...rest, key: 'doomed', name: 'shop_doomed', phase: 'removing' })
  scene.store.setVolume('kept', { ...rest, key: 'kept', name: 'shop_kept', phase: 'created' })
  await finishRemovals(scene.context)
  expect([existsSync(doomed), existsSync(kept)]).toEqual([false, true])
  expect([...scene.store.record.volumes.keys()]).toEqual(['kept'])
})
