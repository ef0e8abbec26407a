import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { awaitService } from '../../../../src/engine/local/apply/await-service.ts'
import type { LiveRecord } from '../../../../src/engine/local/state/live-record.ts'
import type { Action } from '../../../../src/planner/action.ts'
import { readPidFile, writeExit } from '../../../../src/runtime/keeper/process-files.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { eventually } from '../../../support/eventually.ts'
import { aLiveRecord } from '../../../support/live-record.ts'

type AwaitService = Extract<Action, { kind: 'await-service' }>

/** A pid that the kernel gives to nobody. */
const NOBODY = 2 ** 22 + 1
const CHECK: NonNullable<LiveRecord['health']> = {
  test: { kind: 'exec', argv: ['/bin/probe'] },
  ...{ intervalMs: 1000, timeoutMs: 1000, retries: 3, startPeriodMs: 0, startIntervalMs: 5000 },
}

function wait(condition: AwaitService['condition'], changes: Partial<AwaitService> = {}): AwaitService {
  const replicas = [{ service: 'web', number: 1 }]
  return { kind: 'await-service', service: 'web', condition, required: true, replicas, ...changes }
}

function create(scene: ApplyScene, live: Partial<LiveRecord> = {}) {
  const made = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }))
  writeVolatileRecord(made.layout.live, aLiveRecord(made.entry, live))
  return made
}

async function run(scene: ApplyScene, live: Partial<LiveRecord> = {}) {
  const made = create(scene, live)
  await scene.keeper.run(made.entry.id, made.layout.runDir)
  return made
}

interface Probed {
  readonly status: string
  readonly output?: string
  readonly exitCode?: number
}

function writeHealth(
  { layout }: Awaited<ReturnType<typeof run>>,
  { status, output = '', exitCode = 1 }: Probed,
) {
  const runStartedAt = readPidFile(layout.pid)?.startedAt
  const log = output === '' ? [] : [{ startedAt: 1, endedAt: 2, exitCode, output }]
  writeVolatileRecord(layout.health, { version: 1, status, failingStreak: 0, log, runStartedAt })
}

test('awaitService() is content with a container that runs where it must only be started', async () => {
  await using scene = applyScene()
  await run(scene)
  await awaitService(scene.context, wait('service_started'))
})

test('awaitService() waits for a start that is still to come', async () => {
  await using scene = applyScene()
  const { entry, layout } = create(scene)
  const waiting = awaitService(scene.context, wait('service_started'))
  await scene.keeper.run(entry.id, layout.runDir)
  await waiting
})

test('awaitService() fails with the last lines of a container that has ended', async () => {
  await using scene = applyScene()
  const { layout } = create(scene)
  const lines = Array.from({ length: 12 }, (_, index) => `2026-01-01T00:00:00Z stdout F line ${index}\n`)
  writeFileSync(layout.log, lines.join(''))
  writeExit(layout, { waitStatus: 3 << 8, now: Date.now() })
  await expect(awaitService(scene.context, wait('service_started'))).rejects.toMatchObject({
    code: 'container-exited',
    message: 'Cannot continue: container shop-web-1 exited with code 3',
    origin: 'services.web',
    notes: Array.from({ length: 10 }, (_, index) => `line ${index + 2}`),
  })
})

test('awaitService() warns where nothing needs the service', async () => {
  await using scene = applyScene()
  const { layout } = create(scene)
  writeExit(layout, { waitStatus: 9, now: Date.now() })
  await awaitService(scene.context, wait('service_started', { required: false }))
  expect(scene.said).toEqual([
    'warning: optional dependency "web" failed to start: Cannot continue: container shop-web-1 exited with code 137',
  ])
})

test('awaitService() hides no bug behind a warning', async () => {
  await using scene = applyScene()
  await expect(awaitService(scene.context, wait('service_started', { required: false }))).rejects.toThrow(
    'Cannot find container web-1: it is not on record',
  )
})

test('awaitService() gives up a container whose end nobody writes down', async () => {
  await using scene = applyScene()
  const { layout } = create(scene)
  writeFileSync(layout.pid, `${NOBODY} 1 1700000000123456789\n`)
  await expect(awaitService(scene.context, wait('service_started'))).rejects.toMatchObject({
    message: 'Cannot continue: container shop-web-1 exited with an unknown code',
  })
})

test('awaitService() gives up a container whose keeper has ended', async () => {
  await using scene = applyScene()
  const { entry } = await run(scene)
  await scene.keeper.die(entry.id)
  await expect(awaitService(scene.context, wait('service_started'))).rejects.toMatchObject({
    code: 'container-exited',
  })
})

test('awaitService() waits for a success, and for no other end', async () => {
  await using scene = applyScene()
  const { layout } = await run(scene)
  const waiting = awaitService(scene.context, wait('service_completed_successfully'))
  writeExit(layout, { waitStatus: 0, now: Date.now() })
  await waiting
  writeExit(layout, { waitStatus: 1 << 8, now: Date.now() })
  await expect(awaitService(scene.context, wait('service_completed_successfully'))).rejects.toThrow(
    'exited with code 1',
  )
})

test('awaitService() waits until the probes say healthy', async () => {
  await using scene = applyScene()
  const made = await run(scene, { health: CHECK })
  let isMet = false
  const waiting = awaitService(scene.context, wait('service_healthy')).then(() => {
    isMet = true
  })
  writeHealth(made, { status: 'starting' })
  await new Promise(resolve => setImmediate(resolve))
  expect(isMet).toBe(false)
  writeHealth(made, { status: 'healthy' })
  await waiting
})

test('awaitService() says why it waits, once for each reason', async () => {
  await using scene = applyScene()
  const { entry, layout, ...rest } = create(scene, { health: CHECK })
  const waiting = awaitService(scene.context, wait('service_healthy'))
  const saysLast = (reason: object) =>
    eventually(async () => expect(scene.said.at(-1)).toBe(`waiting for web-1: ${JSON.stringify(reason)}`))
  await saysLast({ kind: 'not-started' })
  await scene.keeper.run(entry.id, layout.runDir)
  await saysLast({ kind: 'unprobed' })
  const made = { entry, layout, ...rest }
  for (const output of ['no route\nrefused\n', 'refused\n']) writeHealth(made, { status: 'starting', output })
  await saysLast({ kind: 'probe-failed', failures: 0, retries: 3, output: 'refused' })
  writeHealth(made, { status: 'healthy' })
  await waiting
  expect(scene.said).toHaveLength(3)
})

for (const { what, output, exitCode, message } of [
  {
    what: 'and how its last probe ended',
    output: 'no\n\nroute\n',
    exitCode: 4,
    message: 'Cannot continue: container shop-web-1 is unhealthy, its last probe exited with 4',
  },
  {
    what: 'though its last probe timed out',
    output: 'no\n\nroute\n',
    exitCode: -1,
    message: 'Cannot continue: container shop-web-1 is unhealthy',
  },
]) {
  test(`awaitService() says that a container is unhealthy, ${what}`, async () => {
    await using scene = applyScene()
    writeHealth(await run(scene, { health: CHECK }), { status: 'unhealthy', output, exitCode })
    await expect(awaitService(scene.context, wait('service_healthy'))).rejects.toMatchObject({
      ...{ code: 'container-unhealthy', message, origin: 'services.web.healthcheck' },
      notes: ['no', 'route'],
    })
  })
}

test('awaitService() shows the last ten lines of a probe', async () => {
  await using scene = applyScene()
  const output = Array.from({ length: 12 }, (_, index) => `line ${index}\n`).join('')
  writeHealth(await run(scene, { health: CHECK }), { status: 'unhealthy', output })
  await expect(awaitService(scene.context, wait('service_healthy'))).rejects.toMatchObject({
    notes: Array.from({ length: 10 }, (_, index) => `line ${index + 2}`),
  })
})

test('awaitService() cannot wait for the health of a container without a check', async () => {
  await using scene = applyScene()
  await run(scene)
  await expect(awaitService(scene.context, wait('service_healthy'))).rejects.toMatchObject({
    code: 'no-healthcheck',
    message: 'Cannot wait for service "web" to be healthy: neither the file nor its image has a health check',
  })
})

test('awaitService() calls a container without a check ready when it has run for half a second', async () => {
  await using scene = applyScene()
  const { layout } = await run(scene)
  const startedAt = readPidFile(layout.pid)?.startedAt ?? 0
  await awaitService(scene.context, wait('service_ready'))
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(500)
})

test('awaitService() calls a container with a check ready when it is healthy', async () => {
  await using scene = applyScene()
  const made = await run(scene, { health: CHECK })
  writeHealth(made, { status: 'unhealthy', output: 'no' })
  await expect(awaitService(scene.context, wait('service_ready'))).rejects.toThrow('is unhealthy')
  writeHealth(made, { status: 'healthy' })
  await awaitService(scene.context, wait('service_ready'))
})

const ALWAYS = { restart: { kind: 'always' } } as const
const HOPELESS = { version: 1, count: 8, nextAt: undefined, delayMs: 12_800 }

test('awaitService() gives up a container that was started again and again', async () => {
  await using scene = applyScene()
  const { layout } = await run(scene, ALWAYS)
  writeVolatileRecord(layout.restarts, HOPELESS)
  writeExit(layout, { waitStatus: 5 << 8, now: Date.now() })
  await expect(awaitService(scene.context, wait('service_ready'))).rejects.toThrow('exited with code 5')
})

for (const { what, waitStatus, restarts } of [
  { what: 'has restarted less often', waitStatus: 5 << 8, restarts: { ...HOPELESS, delayMs: 12_799 } },
  { what: 'ends well each time', waitStatus: 0, restarts: HOPELESS },
]) {
  test(`awaitService() waits for a container that ${what}`, async () => {
    const controller = new AbortController()
    await using scene = applyScene({ signal: controller.signal })
    const { layout } = await run(scene, ALWAYS)
    writeVolatileRecord(layout.restarts, restarts)
    writeExit(layout, { waitStatus, now: Date.now() })
    const waiting = awaitService(scene.context, wait('service_ready'))
    await new Promise(resolve => setTimeout(resolve, 50))
    controller.abort()
    await expect(waiting).rejects.toThrow('aborted')
  })
}

test('awaitService() waits for each replica', async () => {
  await using scene = applyScene()
  await run(scene)
  const spec = aContainerSpec({ image: `rootfs:${scene.image}` })
  const second = scene.addContainer({ ...spec, number: 2, name: 'shop-web-2' })
  writeExit(second.layout, { waitStatus: 0, now: Date.now() })
  const replicas = [1, 2].map(number => ({ service: 'web', number }))
  await expect(awaitService(scene.context, wait('service_started', { replicas }))).rejects.toThrow(
    'container shop-web-2 exited with code 0',
  )
})
