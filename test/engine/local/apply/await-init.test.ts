import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { awaitInit } from '../../../../src/engine/local/apply/await-init.ts'
import { applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'

test('awaitInit() resolves once the runtime has written the pid of the first process', async () => {
  await using scene = applyScene()
  const { entry, layout } = scene.addContainer(aContainerSpec({ runtime: 'crun' }))
  mkdirSync(layout.runDir, { recursive: true })
  const waiting = awaitInit(scene.context, entry)
  writeFileSync(layout.init, '123')
  await expect(waiting).resolves.toBeUndefined()
})

test('awaitInit() rejects with what was written when the runtime ends before', async () => {
  await using scene = applyScene()
  const { entry, layout } = scene.addContainer(aContainerSpec({ runtime: 'crun' }))
  mkdirSync(layout.runDir, { recursive: true })
  mkdirSync(layout.dataDir, { recursive: true })
  writeFileSync(layout.log, '2026-01-01T00:00:00.000000000Z stderr F no such program\n')
  writeFileSync(layout.exit, '256 1000000000\n')
  await expect(awaitInit(scene.context, entry)).rejects.toMatchObject({
    code: 'container-launch',
    message: 'Cannot start service "web": its OCI runtime failed',
    notes: ['no such program'],
    origin: expect.anything(),
  })
})

test('awaitInit() counts a container that has started and ended as started', async () => {
  await using scene = applyScene()
  const { entry, layout } = scene.addContainer(aContainerSpec({ runtime: 'crun' }))
  mkdirSync(layout.runDir, { recursive: true })
  writeFileSync(layout.init, '123')
  writeFileSync(layout.exit, '0 1000000000\n')
  await expect(awaitInit(scene.context, entry)).resolves.toBeUndefined()
})
