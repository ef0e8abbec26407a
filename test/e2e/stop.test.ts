import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

/** Prints a line when its trap is set: a signal before that ends it. */
const shell = (onTerm: string): string =>
  JSON.stringify(['sh', '-c', `trap '${onTerm}' TERM; touch /tmp/ready; while :; do sleep 0.05; done`])

const HEALTH = '{ test: ["CMD", "test", "-e", "/tmp/ready"], interval: 100ms, retries: 300 }'

let project: TestProject
beforeAll(async () => {
  project = new TestProject({
    compose: `
name: stopping
services:
  slow:
    image: rootfs:/
    command: ${shell('sleep 1; exit 7')}
    tmpfs: [/tmp]
    healthcheck: ${HEALTH}
  deaf:
    image: rootfs:/
    command: ${shell('')}
    tmpfs: [/tmp]
    stop_grace_period: 100ms
    healthcheck: ${HEALTH}
  stubborn:
    image: rootfs:/
    command: ${shell('')}
    tmpfs: [/tmp]
    stop_grace_period: 5m
    healthcheck: ${HEALTH}
`,
  })
  await project.succeed('up', '-d', '--wait')
})
afterAll(() => project[Symbol.asyncDispose]())

async function exitCodeOf(service: string): Promise<number> {
  return JSON.parse(await project.succeed('ps', '-a', service, '--format', 'json')).ExitCode
}

test('stop lets a process end in its own time within the grace period', async () => {
  await project.succeed('stop', 'slow')
  expect(await exitCodeOf('slow')).toBe(7)
})

test('stop kills what has not ended after the grace period of the file, not after the usual 10 s', async () => {
  const start = performance.now()
  await project.succeed('stop', 'deaf')
  expect(performance.now() - start).toBeLessThan(10_000)
  expect(await exitCodeOf('deaf')).toBe(137)
})

test('stop -t overrides the grace period of the file', async () => {
  await project.succeed('stop', '-t', '0', 'stubborn')
  expect(await exitCodeOf('stubborn')).toBe(137)
})

test.for(['stop', 'restart', 'down'])(
  '%s ends at Ctrl-C in a grace period, and kills nothing',
  async command => {
    await project.succeed('up', '-d', '--wait', 'stubborn')
    const child = project.spawn([command, 'stubborn'])
    const ended = once(child, 'exit')
    for await (const chunk of child.stderr ?? []) {
      if (!/stubborn-1 {2}(Stopping|Restarting)/.test(String(chunk))) continue
      child.kill('SIGINT')
      break
    }
    expect(await ended).toEqual([130, null])
    expect(JSON.parse(await project.succeed('ps', 'stubborn', '--format', 'json')).State).toBe('running')
  },
)

test('stop signals a program once it has a handler, and kills one that has none after its start', async () => {
  await using handlers = new TestProject({
    compose: `
name: handlers
services:
  late:
    image: rootfs:/
    command: [sh, -c, "sleep 2; trap 'exit 4' TERM; while :; do sleep 0.05; done"]
  none:
    image: rootfs:/
    command: [sleep, "1000"]
  asked:
    image: rootfs:/
    command: [sleep, "1000"]
    stop_grace_period: 1s
  reaped:
    image: rootfs:/
    command: [sleep, "1000"]
    init: true
`,
  })
  await handlers.succeed('up', '-d')
  const { stderr } = await handlers.run(['--progress', 'plain', 'stop'])
  const told = stderr.split('\n').filter(line => line.includes('has no handler for SIGTERM'))
  expect(told.map(line => line.trim().split('  ')[0]).sort()).toEqual([
    'Container handlers-asked-1',
    'Container handlers-none-1',
  ])
  const codes = (await handlers.succeed('ps', '-a', '--format', 'json')).trim().split('\n')
  expect(
    Object.fromEntries(
      codes.map(line => JSON.parse(line)).map(({ Service, ExitCode }) => [Service, ExitCode]),
    ),
  ).toEqual({ late: 4, none: 137, asked: 137, reaped: 143 })
})
