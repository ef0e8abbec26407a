import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

let project: TestProject
beforeAll(async () => {
  project = new TestProject({
    compose: `
name: frozen
services:
  ticker:
    image: rootfs:/
    command: [sh, -c, "while :; do echo tick; sleep 0.01; done"]
    restart: always
    stop_grace_period: 200ms
    healthcheck: { test: [CMD, "true"], interval: 50ms, retries: 1 }
  other:
    image: rootfs:/
    command: [sh, -c, "trap 'exit 9' TERM; while :; do sleep 0.01; done"]
    pre_stop: [{ command: [sh, -c, "echo hooked > /stops"] }]
`,
  })
  await project.succeed('up', '-d')
})
afterAll(() => project[Symbol.asyncDispose]())

async function rowOf(service: string): Promise<Record<string, unknown>> {
  return JSON.parse(await project.succeed('ps', '-a', service, '--format', 'json'))
}

/** Count of lines that have arrived once nothing more comes: what was in the pipe is read by the keeper. */
async function settledLines(): Promise<number> {
  let count = -1
  await eventually(async () => {
    const before = count
    count = (await project.succeed('logs', 'ticker')).split('\n').length
    expect(count).toBe(before)
  })
  return count
}

test('pause freezes, is seen in ps and refuses exec; unpause lets the same process run on', async () => {
  const { stderr } = await project.run(['pause', 'ticker'])
  expect(stderr).toBe(' Container frozen-ticker-1  Paused\n')
  expect(await rowOf('ticker')).toMatchObject({
    State: 'paused',
    Status: expect.stringContaining('(Paused)'),
  })
  expect(await rowOf('other')).toMatchObject({ State: 'running' })
  expect(await project.succeed('ls')).toContain('paused(1), running(1)')
  const frozen = await settledLines()
  const exec = await project.run(['exec', 'ticker', 'true'])
  expect(exec.exitCode).toBe(1)
  expect(exec.stderr).toContain('Cannot run a command in frozen-ticker-1: it is paused')
  const again = await project.run(['pause', 'ticker'])
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('it is already paused')])
  expect((await project.run(['unpause', 'ticker'])).stderr).toBe(' Container frozen-ticker-1  Unpaused\n')
  expect(await rowOf('ticker')).toMatchObject({ State: 'running' })
  await eventually(async () =>
    expect((await project.succeed('logs', 'ticker')).split('\n').length).toBeGreaterThan(frozen),
  )
  await eventually(async () => expect(await rowOf('ticker')).toMatchObject({ Health: 'healthy' }))
  const idle = await project.run(['unpause', 'ticker'])
  expect([idle.exitCode, idle.stderr]).toEqual([1, expect.stringContaining('it is not paused')])
})

test('a paused container takes its stop signal once it runs again, and stop ends it with its own code', async () => {
  await project.succeed('pause', 'other')
  await project.succeed('stop', 'other')
  expect(await rowOf('other')).toMatchObject({ State: 'exited', ExitCode: 9 })
  await project.succeed('start', 'other')
  expect(await rowOf('other')).toMatchObject({ State: 'running' })
})

test('stop lets a paused container run again before its pre_stop hooks', async () => {
  await project.succeed('pause', 'other')
  await project.succeed('stop', 'other')
  await project.succeed('start', 'other')
  expect(await project.succeed('exec', '-T', 'other', 'cat', '/stops')).toBe('hooked\n')
})

test('kill ends a paused container for good', async () => {
  await project.succeed('pause', 'ticker')
  await project.succeed('kill', 'ticker')
  expect(await rowOf('ticker')).toMatchObject({ State: 'exited', ExitCode: 137 })
  await project.succeed('start', 'ticker')
})

test('rm -s removes a paused container, and down a paused project', async () => {
  await project.succeed('pause')
  await project.succeed('rm', '-sf', 'ticker')
  expect((await project.succeed('ps', '-a', '-q')).trim().split('\n')).toHaveLength(1)
  await project.succeed('down')
  expect(await project.succeed('ps', '-a', '-q')).toBe('')
})
