import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type CommandResult, resultOf, TestProject } from '../support/test-project.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')
const COMPOSE = `name: output
services:
  web:
    image: rootfs:/
    init: true
    command: [sh, -c, "seq 100000; exec sleep 1000"]
`

/** Runs a line of the shell, in which `tcompose` is "$0". */
function shell(project: TestProject, line: string): Promise<CommandResult> {
  return resultOf(
    spawn('sh', ['-c', line, BIN], {
      cwd: project.folder,
      env: project.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

test('a command whose output cannot be written fails with the reason, and its work is done', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  for (const command of ['config', '--help', 'config --services']) {
    const { exitCode, stderr } = await shell(project, `"$0" ${command} >/dev/full`)
    expect([command, exitCode, stderr]).toEqual([
      command,
      1,
      'error[TC2003]: Cannot write standard output: no space left on device\n',
    ])
  }
  const closed = await shell(project, '"$0" config >&-')
  expect([closed.exitCode, closed.stderr]).toEqual([
    1,
    'error[TC2003]: Cannot write standard output: bad file descriptor\n',
  ])
  const up = await shell(project, '"$0" up -d >/dev/full')
  expect(up.exitCode).toBe(0)
  expect(await project.succeed('ps', '--services')).toBe('web\n')
  expect((await shell(project, '"$0" ps >/dev/full')).exitCode).toBe(1)
})

test('a reader that exits early neither stops the work nor makes it a success', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const attached = await shell(project, '{ "$0" up --no-color 3>&-; echo $? >&3; } 3>&2 | head -n 2')
  expect(attached.stdout).toMatch(/^Attaching to web-1\nweb-1 +\| 1\n$/)
  expect(attached.stderr).toMatch(/^1$/m)
  expect(attached.stderr).not.toMatch(/ at .*:\d+:\d+|EPIPE/)
  expect(await project.succeed('ps', '--services')).toBe('web\n')
  const logs = await shell(project, '{ "$0" logs -f --no-log-prefix; echo $? >&2; } | head -n 1')
  expect([logs.stdout, logs.stderr]).toEqual(['1\n', '1\n'])
})

test('a signal to a command only ends it while its reader does not read', { timeout: 60_000 }, async () => {
  await using project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d')
  await eventually(async () => expect(await project.succeed('logs', '--tail', '1')).toContain('100000'))
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const fifo = join(project.folder, `${signal}.fifo`)
    execFileSync('mkfifo', [fifo])
    // Opened for both directions it has a reader that never reads.
    const pipe = openSync(fifo, 'r+')
    const child = spawn(BIN, ['logs'], {
      cwd: project.folder,
      env: project.environment,
      stdio: ['ignore', pipe, 'pipe'],
    })
    const ended = once(child, 'exit')
    await delay(1500)
    expect(child.exitCode).toBe(null)
    child.kill(signal)
    expect(await ended).toEqual([code, null])
    closeSync(pipe)
  }
})
