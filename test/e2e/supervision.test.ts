import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

interface PsRow {
  readonly Service: string
  readonly State: string
  readonly Status: string
  readonly Health: string
  readonly ExitCode: number
  readonly HealthLog: readonly { readonly ExitCode: number; readonly Output: string }[]
}

async function statusOf(project: TestProject, service: string): Promise<PsRow> {
  const lines = (await project.succeed('ps', '-a', service, '--format', 'json')).trim().split('\n')
  return JSON.parse(lines[0] ?? '{}')
}

test('restart: always restarts a killed container, and stop keeps it down', async () => {
  await using project = new TestProject({
    compose: `
name: phoenix
services:
  main:
    image: rootfs:/
    command: [sh, -c, "echo started; exec sleep 600"]
    restart: always
    stop_signal: SIGKILL
`,
  })
  await project.succeed('up', '-d')
  await project.killMain('main')
  await eventually(async () => {
    const log = await project.succeed('logs', 'main')
    expect(log.match(/started/g)?.length).toBe(2)
  })
  await project.succeed('stop', 'main')
  expect((await statusOf(project, 'main')).State).toBe('exited')
})

test('a container that kill has ended stays down under restart: always, one that kill only signals keeps running', async () => {
  await using project = new TestProject({
    compose: `
name: handmade
services:
  main:
    image: rootfs:/
    command: [sh, -c, "trap 'echo hup' HUP; echo up; while :; do sleep 0.1; done"]
    restart: always
`,
  })
  await project.succeed('up', '-d')
  await eventually(async () => expect(await project.succeed('logs', 'main')).toContain('up'))
  await project.succeed('kill', '-s', 'HUP', 'main')
  await eventually(async () => expect(await project.succeed('logs', 'main')).toContain('hup'))
  await project.succeed('kill', 'main')
  await eventually(async () =>
    expect(await statusOf(project, 'main')).toMatchObject({ State: 'exited', ExitCode: 137 }),
  )
  expect((await project.succeed('logs', 'main')).match(/up/g)?.length).toBe(2)
})

test('restart: on-failure:2 gives up after two restarts', async () => {
  await using project = new TestProject({
    compose: `
name: thrice
services:
  main:
    image: rootfs:/
    command: [sh, -c, "echo try; exit 3"]
    restart: on-failure:2
`,
  })
  await project.succeed('up', '-d')
  await eventually(async () =>
    expect(await statusOf(project, 'main')).toMatchObject({ State: 'exited', ExitCode: 3 }),
  )
  expect((await project.succeed('logs', 'main')).match(/try/g)?.length).toBe(3)
  expect(await statusOf(project, 'main')).toMatchObject({ RestartCount: 2, RestartReason: 'exit code 3' })
})

test('a memory limit ends the greedy process and leaves its neighbour alone', async () => {
  await using project = new TestProject({
    compose: `
name: greed
services:
  greedy:
    image: rootfs:/
    command: [sh, -c, 'x=xxxxxxxxxxxxxxxx; while :; do x=$$x$$x; done']
    mem_limit: 32m
    memswap_limit: 32m
  neighbour:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    mem_limit: 32m
`,
  })
  await project.succeed('up', '-d')
  await eventually(async () =>
    expect(await statusOf(project, 'greedy')).toMatchObject({
      State: 'exited',
      ExitCode: 137,
      Status: expect.stringMatching(/^Exited \(137\) .* ago \(out of memory\)$/),
    }),
  )
  // The keeper's record is there before the supervisor's event.
  const { attributes } = await eventually(async () => {
    const events = readFileSync(join(project.state, 'run/projects/greed/events'), 'utf8').split('\n')
    return JSON.parse(events.find(line => line.includes('"die"')) ?? '')
  })
  expect(attributes).toMatchObject({ exitCode: '137', oomKilled: 'true' })
  // Not every machine lets its log be read.
  if (attributes.process !== undefined) expect(attributes.process).toBe('sh')
  expect((await statusOf(project, 'neighbour')).State).toBe('running')
})

test('depends_on waits for a healthy dependency, and ps shows its health', async () => {
  await using project = new TestProject({
    compose: `
name: gate
services:
  db:
    image: rootfs:/
    command: [sh, -c, "sleep 1; touch /ready; exec sleep 600"]
    stop_signal: SIGKILL
    healthcheck: { test: "test -e /ready", interval: 200ms, retries: 50 }
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    depends_on: { db: { condition: service_healthy } }
`,
  })
  await project.succeed('up', '-d')
  expect((await statusOf(project, 'db')).Health).toBe('healthy')
  expect((await statusOf(project, 'web')).State).toBe('running')
})

test('a dependency that becomes unhealthy makes up fail, which names it and shows its last probe', async () => {
  await using project = new TestProject({
    compose: `
name: sick
services:
  db:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    healthcheck: { test: "echo no disk; exit 1", interval: 100ms, retries: 2 }
  web:
    image: rootfs:/
    command: [sleep, "600"]
    depends_on: { db: { condition: service_healthy } }
`,
  })
  const result = await project.run(['up', '-d'])
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain('db')
  expect(result.stderr).toContain('unhealthy')
  expect(result.stderr).toContain('no disk')
  expect((await statusOf(project, 'web')).State).toBe('created')
  expect((await statusOf(project, 'db')).HealthLog.at(-1)).toMatchObject({ ExitCode: 1, Output: 'no disk\n' })
  expect((await project.run(['ps'])).stderr).toMatch(/^sick-db-1: .* with exit code 1: no disk$/m)
})

test('a dependency that must complete delays its dependent until it has, and its exit code fails the dependent', async () => {
  const compose = (code: number): string => `
name: steps
services:
  migrate:
    image: rootfs:/
    command: [sh, -c, "sleep 0.3; echo migrated; exit ${code}"]
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    depends_on: { migrate: { condition: service_completed_successfully } }
`
  await using good = new TestProject({ compose: compose(0) })
  await good.succeed('up', '-d')
  expect(await statusOf(good, 'migrate')).toMatchObject({ State: 'exited', ExitCode: 0 })
  expect((await statusOf(good, 'web')).State).toBe('running')

  await using bad = new TestProject({ compose: compose(9).replace('name: steps', 'name: missteps') })
  const result = await bad.run(['up', '-d'])
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toMatch(/migrate.*9/s)
})

test('a killed supervisor is restarted and continues', async () => {
  await using project = new TestProject({
    compose: `
name: shepherd
services:
  main:
    image: rootfs:/
    command: [sleep, "600"]
    restart: always
    stop_signal: SIGKILL
  other:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
`,
  })
  await project.succeed('up', '-d')
  const supervisor = await eventually(async () => supervisorPid(project.state))
  process.kill(supervisor, 'SIGKILL')
  await eventually(async () => expect(supervisorPid(project.state)).not.toBe(supervisor))
  expect((await project.run(['exec', '-T', 'main', 'getent', 'hosts', 'other'])).exitCode).toBe(0)
  await project.killMain('main')
  await eventually(async () => expect((await statusOf(project, 'main')).State).toBe('running'))
})

/** Finds the supervisor by the run folder on its command line. */
function supervisorPid(state: string): number {
  const found = listProcesses().find(
    ({ command }) => command.includes('supervisor') && command.includes(state),
  )
  if (found === undefined) throw new Error('no supervisor runs')
  return found.pid
}

function listProcesses(): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => ({ pid: Number(name), command: commandOf(name) }))
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    // The process ended between being listed and being read.
    return ''
  }
}
