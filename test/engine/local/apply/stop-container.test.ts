import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { millisOf } from '../../../../src/base/millis.ts'
import { stopContainer } from '../../../../src/engine/local/apply/stop-container.ts'
import { eventsPath, parseEventLine } from '../../../../src/engine/local/state/event-record.ts'
import { LaunchFailure } from '../../../../src/runtime/keeper/keeper-error.ts'
import { readExitFile } from '../../../../src/runtime/keeper/process-files.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'

const SLOW = `trap 'sleep 0.2; exit 3' TERM; echo ready; while :; do sleep 0.02; done`
const DEAF = `trap '' TERM; echo ready; while :; do sleep 0.02; done`

/** Adds a container with a process that runs `script`. */
async function running(scene: ApplyScene, script: string, config: Parameters<typeof aContainerSpec>[0] = {}) {
  const spec = aContainerSpec({ image: `rootfs:${scene.image}`, ...config })
  const { entry, layout } = scene.addContainer(spec)
  scene.keeper.script = script
  await scene.keeper.run(entry.id, layout.runDir)
  return { action: { kind: 'stop-container', id: entry.id, name: spec.name } as const, layout }
}

test('stopContainer() lets a process take its time where neither file nor command names a grace period', async () => {
  await using scene = applyScene()
  const { action, layout } = await running(scene, SLOW)
  await stopContainer(scene.context, { ...action, grace: undefined })
  expect(scene.keeper.asked).toEqual(['signal 15'])
  expect(readExitFile(layout.exit)?.exitCode).toBe(3)
  expect(existsSync(layout.stopped)).toBe(true)
})

test('stopContainer() kills after the grace period of the file', async () => {
  await using scene = applyScene()
  const { action, layout } = await running(scene, DEAF, { stopGracePeriod: millisOf(100) })
  const begin = performance.now()
  await stopContainer(scene.context, { ...action, grace: undefined })
  expect(performance.now() - begin).toBeGreaterThanOrEqual(99)
  expect(scene.keeper.asked).toEqual(['signal 15', 'signal 9'])
  expect(readExitFile(layout.exit)?.exitCode).toBe(137)
})

test('stopContainer() writes down the end for a supervisor that rests, and for no other', async () => {
  await using scene = applyScene()
  const ends = async () => {
    const { action } = await running(scene, SLOW)
    await stopContainer(scene.context, { ...action, grace: undefined })
    const events = readFileSync(eventsPath(scene.context.layout), 'utf8').trim().split('\n')
    return events.flatMap(line => parseEventLine(line) ?? []).filter(({ action: of }) => of === 'die')
  }
  expect(await ends()).toEqual([])
  await scene.keeper.entrust('wake/timer')
  expect(await ends()).toMatchObject([{ attributes: { exitCode: '3' } }])
})

test('stopContainer() prefers the grace period of the command', async () => {
  await using scene = applyScene()
  const { action } = await running(scene, DEAF, { stopGracePeriod: millisOf(60_000) })
  await stopContainer(scene.context, { ...action, grace: millisOf(0) })
  expect(scene.keeper.asked).toEqual(['signal 15', 'signal 9'])
})

test('stopContainer() sends the stop signal of the file', async () => {
  await using scene = applyScene()
  const { action } = await running(scene, 'echo ready; exec sleep 60', { stopSignal: 'SIGUSR1' })
  await stopContainer(scene.context, { ...action, grace: undefined })
  expect(scene.keeper.asked).toEqual(['signal 10'])
})

test('stopContainer() kills nothing when the command is interrupted in the grace period', async () => {
  const controller = new AbortController()
  await using scene = applyScene({ signal: controller.signal })
  const { action, layout } = await running(scene, DEAF)
  const stopping = stopContainer(scene.context, { ...action, grace: undefined })
  controller.abort()
  await expect(stopping).rejects.toThrow('aborted')
  expect(scene.keeper.asked).toEqual(['signal 15'])
  expect(existsSync(layout.stopped)).toBe(true)
  expect(scene.network.asked).toEqual([])
})

test('stopContainer() stops a container whose hook cannot be run, and fails when all is done', async () => {
  await using scene = applyScene()
  const { action, layout } = await running(scene, SLOW, {
    preStop: [{ argv: ['drain'], environment: new Map() }],
  })
  scene.keeper.launchFailure = new LaunchFailure({ index: -1, errno: 12, what: 'clone3' })
  await stopContainer(scene.context, { ...action, grace: undefined })
  expect(scene.keeper.asked).toEqual(['launch 111111111111', 'signal 15'])
  expect(readExitFile(layout.exit)?.exitCode).toBe(3)
  expect(await scene.settled()).toEqual([
    expect.objectContaining({ code: 'hook', origin: 'services.web.pre_stop.0' }),
  ])
})

test('stopContainer() runs no hook of a container that does not run', async () => {
  await using scene = applyScene()
  const preStop = [{ argv: ['drain'], environment: new Map() }]
  const { entry } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}`, preStop }))
  await stopContainer(scene.context, {
    ...{ kind: 'stop-container', id: entry.id, name: 'shop-web-1', grace: undefined },
  })
  expect(scene.keeper.asked).toEqual([])
  expect(await scene.settled()).toEqual([])
})

test('stopContainer() only cleans up after a container that does not run', async () => {
  await using scene = applyScene()
  const { entry } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }))
  await stopContainer(scene.context, {
    ...{ kind: 'stop-container', id: entry.id, name: 'shop-web-1', grace: undefined },
  })
  expect(scene.keeper.asked).toEqual([])
  expect(scene.network.asked).toEqual(['remove netns'])
})

test('stopContainer() has nothing to do for a container that is gone', async () => {
  await using scene = applyScene()
  await stopContainer(scene.context, {
    ...{ kind: 'stop-container', id: containerIdOf(1), name: 'shop-web-1', grace: undefined },
  })
  expect([scene.keeper.asked, scene.network.asked]).toEqual([[], []])
})
