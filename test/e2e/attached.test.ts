import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { runAtTerminal } from '../support/at-terminal.ts'
import { eventually } from '../support/eventually.ts'
import { type CommandResult, resultOf, TestProject } from '../support/test-project.ts'

const TALKERS = `
name: talk
services:
  first:
    image: rootfs:/
    command: [sh, -c, "trap 'echo bye; exit 0' TERM; echo to out; echo to err >&2; while :; do sleep 1 & wait $$!; done"]
  longer-name:
    image: rootfs:/
    command: [sh, -c, "trap 'exit 0' TERM; echo hello; while :; do sleep 1 & wait $$!; done"]
`

/** An attached `up`, with its output so far. */
class AttachedUp {
  readonly child: ChildProcess
  readonly ended: Promise<CommandResult>
  output = ''

  constructor(project: TestProject, ...args: readonly string[]) {
    this.child = project.spawn(['up', ...args])
    this.ended = resultOf(this.child)
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    }
  }

  async says(text: string): Promise<void> {
    await eventually(async () => expect(this.output).toContain(text))
  }
}

async function statesOf(project: TestProject): Promise<string[]> {
  const lines = (await project.succeed('ps', '-a', '--format', 'json')).trim().split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line).State)
}

test('up without -d prefixes each line with its container, and Ctrl-C stops the containers and keeps them', async () => {
  await using project = new TestProject({ compose: TALKERS })
  const up = new AttachedUp(project)
  await up.says('first-1        | to out')
  await up.says('longer-name-1  | hello')
  up.child.kill('SIGINT')
  const result = await up.ended
  expect(result.exitCode).toBe(130)
  expect(result.stdout).toContain('first-1        | bye')
  expect(result.stderr).toContain('Gracefully stopping...')
  expect(await statesOf(project)).toEqual(['exited', 'exited'])
})

test('up without -d puts standard error of a service on standard error', async () => {
  await using project = new TestProject({ compose: TALKERS })
  const up = new AttachedUp(project)
  await up.says('to err')
  up.child.kill('SIGINT')
  const result = await up.ended
  expect(result.stderr).toContain('to err')
  expect(result.stdout).not.toContain('to err')
})

test('a second Ctrl-C kills containers that do not stop', async () => {
  await using project = new TestProject({
    compose: `
name: stubborn
services:
  main:
    image: rootfs:/
    command: [sh, -c, "trap '' TERM; echo ready; while :; do sleep 1; done"]
    stop_grace_period: 5m
`,
  })
  const up = new AttachedUp(project)
  await up.says('ready')
  up.child.kill('SIGINT')
  await up.says('press Ctrl+C again')
  await up.says('Stopping')
  up.child.kill('SIGINT')
  expect((await up.ended).exitCode).toBe(130)
  expect(await statesOf(project)).toEqual(['exited'])
})

test('up without -d ends when every container has exited', async () => {
  await using project = new TestProject({
    compose:
      'name: brief\nservices:\n  main:\n    image: rootfs:/\n    command: [sh, -c, "echo once; exit 4"]\n',
  })
  const result = await project.run(['up'])
  expect(result.stdout).toBe('Attaching to main-1\nmain-1  | once\nmain-1 exited with code 4\n')
  expect(result.exitCode).toBe(0)
})

test('logs -f follows until the last container exits, and --tail omits earlier lines', async () => {
  await using project = new TestProject({
    compose: `
name: tail
services:
  main:
    image: rootfs:/
    command: [sh, -c, "for i in 1 2 3 4 5; do echo line $$i; done; until test -e /go/now; do sleep 0.05; done; echo last"]
    volumes: [./go:/go]
`,
  })
  await project.succeed('up', '-d')
  await eventually(async () => expect(await project.succeed('logs')).toContain('line 5'))
  expect((await project.succeed('logs', '--tail', '2', '--no-log-prefix')).split('\n')).toEqual([
    'line 4',
    'line 5',
    '',
  ])
  const child = project.spawn(['logs', '-f', '--no-log-prefix', '--tail', '1'])
  const follow = resultOf(child)
  if (child.stdout !== null) await once(child.stdout, 'data')
  project.write('go/now', '')
  expect((await follow).stdout).toBe('line 5\nlast\nmain-1 exited with code 0\n')
})

const GATED = `
name: gated
services:
  db:
    image: rootfs:/
    command: [sh, -c, "trap 'echo bye; exit 0' TERM; echo booting; while :; do sleep 1 & wait $$!; done"]
    healthcheck: {test: "test -e /go/now", interval: 200ms, retries: 600}
    volumes: [./go:/go]
  web:
    image: rootfs:/
    command: [echo, hello]
    depends_on: {db: {condition: service_healthy}}
`

test('up without -d shows what a container writes while another one waits for it', async () => {
  await using project = new TestProject({ compose: GATED })
  const up = new AttachedUp(project)
  await up.says('Attaching to db-1, web-1')
  await up.says('db-1   | booting')
  expect(up.output).not.toContain('web-1  |')
  project.write('go/now', '')
  await up.says('web-1  | hello')
  await up.says('web-1 exited with code 0')
  up.child.kill('SIGTERM')
  const result = await up.ended
  expect(result.exitCode).toBe(143)
  expect(result.stdout).toMatch(/db-1 {3}\| bye\ndb-1 exited with code 0\n$/)
})

test('Ctrl-C while services are being started stops what runs and starts nothing more', async () => {
  await using project = new TestProject({ compose: GATED, files: { 'go/.keep': '' } })
  const up = new AttachedUp(project, 'web')
  await up.says('Attaching to')
  await eventually(async () => expect(await project.succeed('logs', 'db')).toContain('booting'))
  up.child.kill('SIGINT')
  const result = await up.ended
  expect(result.exitCode).toBe(130)
  expect(result.stderr).toContain('Gracefully stopping... (press Ctrl+C again to force)')
  expect(await statesOf(project)).toEqual(['exited', 'created'])
})

test('logs -f follows a service across restarts, and ends when it is not restarted', async () => {
  await using project = new TestProject({
    compose: `
name: loop
services:
  main:
    image: rootfs:/
    command: [sh, -c, "echo begin; until test -e /go/now; do sleep 0.05; done; echo end; exit 5"]
    restart: on-failure:2
    volumes: [./go:/go]
`,
    files: { 'go/.keep': '' },
  })
  await project.succeed('up', '-d')
  const child = project.spawn(['logs', '-f'])
  const follow = resultOf(child)
  // Ends of runs are told of those alone that end while it follows.
  if (child.stdout !== null) await once(child.stdout, 'data')
  project.write('go/now', '')
  const run = 'main-1  | begin\nmain-1  | end\nmain-1 exited with code 5'
  expect((await follow).stdout).toBe(`${run} (restarting)\n${run} (restarting)\n${run}\n`)
})

test('logs -f follows containers that are replaced and added, and loses no line', async () => {
  await using project = new TestProject({
    compose: `
name: change
services:
  s:
    image: rootfs:/
    environment: {TURN: "\${TURN:-1}"}
    command: [sh, -c, "trap 'echo bye $$TURN; exit 0' TERM; echo hello $$TURN; while :; do sleep 1 & wait $$!; done"]
`,
  })
  await project.succeed('up', '-d')
  const child = project.spawn(['logs', '-f', '--no-log-prefix'])
  const follow = resultOf(child)
  if (child.stdout !== null) await once(child.stdout, 'data')
  await project.run(['up', '-d'], { env: { TURN: '2' } })
  await project.run(['up', '-d', '--scale', 's=2'], { env: { TURN: '2' } })
  await project.succeed('down')
  const lines = (await follow).stdout.split('\n')
  const said = lines.filter(line => /^(hello|bye)/.test(line))
  expect(said).toEqual(['hello 1', 'bye 1', 'hello 2', 'hello 2', 'bye 2', 'bye 2'])
  expect(lines.filter(line => line.includes('exited with code 0'))).toHaveLength(3)
})

test('Ctrl-C at a terminal counts down to SIGKILL; a second one kills, and d leaves at once', {
  timeout: 60_000,
}, async () => {
  await using project = new TestProject({
    compose: `
name: stubborn
services:
  web:
    image: rootfs:/
    command: [sh, -c, "trap 'echo no' TERM; while :; do echo tick; sleep 0.1; done"]
    stop_grace_period: 50s
`,
  })
  const screens = [
    { key: 'd', left: 'running', shown: /Cancelled/ },
    { key: '\x03', left: 'exited', shown: /web-1 exited with code 137/ },
  ]
  for (const { key, left, shown } of screens) {
    const { exitCode, screen } = await runAtTerminal(project, 'up', [
      { question: 'tick', keys: '\x03' },
      { question: 'Stopping web-1: 50 s until SIGKILL   Ctrl-C Kill now   d Detach', keys: key },
    ])
    expect(screen).toMatch(shown)
    expect(exitCode).toBe(130)
    expect(await statesOf(project)).toEqual([left])
  }
})
