import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { markRunningStopped, markStopped } from '../../../../src/engine/local/state/mark-stopped.ts'
import { applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'

test('markStopped() leaves a mark, and makes its folder', async () => {
  await using scene = applyScene()
  const { layout } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }))
  rmSync(layout.runDir, { recursive: true })
  markStopped(layout)
  expect(statSync(layout.stopped).mode & 0o777).toBe(0o600)
})

test('markStopped() fails where the mark cannot be left for another reason than a full disk', async () => {
  await using scene = applyScene()
  const { layout } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }))
  writeFileSync(layout.live, '')
  expect(() => markStopped({ ...layout, stopped: `${layout.runDir}/absent/stopped` })).toThrow('ENOENT')
  expect(existsSync(layout.live)).toBe(true)
})

test('markRunningStopped() leaves a mark, and brings back no folder that was removed', async () => {
  await using scene = applyScene()
  const { layout } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }))
  markRunningStopped(layout)
  expect(existsSync(layout.stopped)).toBe(true)
  rmSync(layout.runDir, { recursive: true })
  expect(() => markRunningStopped(layout)).toThrow('ENOENT')
  expect(existsSync(layout.runDir)).toBe(false)
})
