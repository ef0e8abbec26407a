import { expect, test } from 'vitest'
import { runHooks } from '../../../../src/engine/local/apply/run-hooks.ts'
import { LaunchFailure } from '../../../../src/runtime/keeper/keeper-error.ts'
import { applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'

const postStart = [{ argv: ['warm', 'up'], environment: new Map() }]

test('runHooks() names the hook, its command and its line when the container has ended', async () => {
  await using scene = applyScene()
  const { entry } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}`, postStart }))
  await expect(runHooks(scene.context, entry, 'post_start')).rejects.toMatchObject({
    code: 'hook',
    message: 'Cannot complete post_start[0] of container shop-web-1: the container has ended',
    origin: 'services.web.post_start.0',
    notes: ['Command: ["warm","up"]'],
  })
  expect(scene.keeper.asked).toEqual([])
})

test('runHooks() explains why a hook cannot be run', async () => {
  await using scene = applyScene()
  const { entry, layout } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}`, postStart }))
  await scene.keeper.run(entry.id, layout.runDir)
  scene.keeper.launchFailure = new LaunchFailure({ index: -1, errno: 12, what: 'clone3' })
  await expect(runHooks(scene.context, entry, 'post_start')).rejects.toMatchObject({
    code: 'hook',
    message: expect.stringContaining('Cannot start post_start[0] of container shop-web-1: clone3: '),
  })
})

test('runHooks() has nothing to do for a container without such hooks', async () => {
  await using scene = applyScene()
  const { entry } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}`, postStart }))
  await runHooks(scene.context, entry, 'pre_stop')
  expect(scene.keeper.asked).toEqual([])
})
