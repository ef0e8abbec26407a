import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
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

/** An attached `up`, with what it has written so far. */
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

test('up without -d shows each line behind its container, and Ctrl-C stops the containers and keeps them', async () => {
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

test('a second Ctrl-C kills what does not stop', async () => {
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

test('up without -d ends when every container has ended', async () => {
  await using project = new TestProject({
    compose:
      'name: brief\nservices:\n  main:\n    image: rootfs:/\n    command: [sh, -c, "echo once; exit 4"]\n',
  })
  const result = await project.run(['up'])
  expect(result.stdout).toContain('main-1  | once')
  expect(`${result.stdout}${result.stderr}`).toContain('main-1 exited with code 4')
  expect(result.exitCode).toBe(0)
})

test('logs -f follows until the last container ends, and --tail cuts what came before', async () => {
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
  expect((await follow).stdout).toBe('line 5\nlast\n')
})
