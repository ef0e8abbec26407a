import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killedAfter } from '../support/killed-after.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: walk
services:
  one:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    volumes: ["kept:/kept"]
    ports: ["127.0.0.1::80"]
    healthcheck: { test: [CMD, "true"], interval: 100ms }
  two:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    networks: [a, b]
    depends_on: { one: { condition: service_healthy } }
  three:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    networks: [b]
    scale: 2
    pre_start: [{ command: ["true"] }, { command: ["true"], per_replica: true }]
    post_start: [{ command: ["true"] }]
    pre_stop: [{ command: ["true"] }]
networks: { a: {}, b: {}, default: {} }
volumes: { kept: {} }
`

const WITH_VOLUMES = `
name: doomed
services:
  one:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    volumes: ["kept:/srv/kept", /srv/anonymous]
  two:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    volumes: ["other:/srv/other"]
volumes: { kept: {}, other: {} }
`

async function stepCount(project: TestProject): Promise<number> {
  const plan: unknown = JSON.parse(await project.succeed('plan', '--json'))
  if (typeof plan === 'object' && plan !== null && 'steps' in plan && Array.isArray(plan.steps))
    return plan.steps.length
  throw new Error('plan --json has no steps')
}

/** Starts `up` and sends SIGKILL once `steps` of its steps have finished. */
async function upKilledAfter(project: TestProject, steps: number): Promise<void> {
  await killedAfter(project, ['up', '-d'], steps)
}

test('down -v killed after any of its steps is completed by the next up or down, and down -v then leaves nothing', {
  timeout: 300_000,
}, async () => {
  await using project = new TestProject({ compose: WITH_VOLUMES })
  const volumes = join(project.state, 'data/volumes')
  for (let steps = 0, finished = 0; finished >= steps; steps += 1) {
    await project.succeed('up', '-d')
    finished = await killedAfter(project, ['down', '-v', '-t', '0'], steps)
    const { exitCode, stderr } = await project.run(steps % 2 === 0 ? ['up', '-d'] : ['down'])
    expect([exitCode, stderr], `after step ${steps}`).toEqual([0, expect.any(String)])
    await project.succeed('up', '-d')
    expect((await project.run(['plan', '--detailed-exitcode'])).exitCode, `after step ${steps}`).toBe(0)
    await project.succeed('down', '-v', '-t', '0')
    expect(readdirSync(volumes), `after step ${steps}`).toEqual(['.removed'])
    expect(readdirSync(join(volumes, '.removed')), `after step ${steps}`).toEqual([])
    expect(readdirSync(join(project.state, 'data/projects')), `after step ${steps}`).toEqual([])
  }
})

test('up killed after any of its steps is completed by the next up, and down then leaves nothing', {
  timeout: 300_000,
}, async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const steps = await stepCount(project)
  expect(steps).toBeGreaterThan(10)
  for (let killedAfter = 0; killedAfter <= steps; killedAfter += 1) {
    await upKilledAfter(project, killedAfter)
    await project.succeed('up', '-d')
    const states = (await project.succeed('ps', '-a', '--format', 'json'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).State)
    expect(states, `after step ${killedAfter}`).toEqual(['running', 'running', 'running', 'running'])
    expect((await project.run(['plan', '--detailed-exitcode'])).exitCode, `after step ${killedAfter}`).toBe(0)
    await project.succeed('down', '-v')
  }
})

test('down completes what a killed up has begun', { timeout: 120_000 }, async () => {
  for (const steps of [1, 4, 8]) {
    await using project = new TestProject({ compose: COMPOSE })
    await upKilledAfter(project, steps)
    await project.succeed('down', '-v')
  }
})
