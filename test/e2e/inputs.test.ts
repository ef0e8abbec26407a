import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { resultOf, TestProject } from '../support/test-project.ts'

const COMPOSE = 'name: inputs\nservices:\n  web:\n    image: rootfs:/\n    command: ["${WORD:-none}"]\n'

function makeFifo(path: string): string {
  execFileSync('mkfifo', [path])
  return path
}

test.for([
  { name: 'an env file', args: ['--env-file'] },
  { name: 'a Compose file', args: ['-f'] },
  { name: 'an archive', args: ['image', 'load', '-i'] },
])('SIGINT and SIGTERM end a command that waits for $name', async ({ args }) => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: false })
  const fifo = makeFifo(join(project.folder, 'fifo'))
  const command = args[0] === 'image' ? [...args, fifo] : [...args, fifo, 'config']
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const child = project.spawn(command)
    const ended = resultOf(child)
    await eventually(async () => expect(isWaitingFor(child.pid, 'wait_for_partner')).toBe(true))
    child.kill(signal)
    expect((await ended).signal).toBe(signal)
  }
})

/** Returns whether a process waits in that kernel function; fifo_open() waits for the other end. */
function isWaitingFor(pid: number | undefined, place: string): boolean {
  return readFileSync(`/proc/${pid}/wchan`, 'utf8').includes(place)
}

test('a pipe that --env-file names is read, and one that is found in the folder is refused', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const fifo = makeFifo(join(project.folder, 'fifo'))
  const running = project.run(['--env-file', fifo, 'config'])
  execFileSync('timeout', ['20', 'sh', '-c', 'echo WORD=read >"$1"', 'sh', fifo])
  expect((await running).stdout).toContain('- read')
  makeFifo(join(project.folder, '.env'))
  const refused = await project.run(['config'])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('Cannot read env file ".env": it is a pipe, expected a file')
  rmSync(join(project.folder, '.env'))
  writeFileSync(join(project.folder, 'compose.yaml'), `${COMPOSE}    env_file: [fifo]\n`)
  const named = await project.run(['config'])
  expect(named.stderr).toMatch(/it is a pipe, expected a file[\s\S]*compose\.yaml:6:\d+/)
})
