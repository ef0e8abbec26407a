import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAtTerminal } from '../support/at-terminal.ts'
import { resultOf, TestProject } from '../support/test-project.ts'

let project: TestProject

beforeAll(async () => {
  project = new TestProject({
    compose: `
name: attached
services:
  term:
    image: rootfs:/
    tty: true
    stdin_open: true
    command: [sh, -c, "(while :; do echo tick; sleep 0.05; done) & while read line; do echo got:$$line; done"]
    stop_signal: SIGKILL
  quiet:
    image: rootfs:/
    tty: true
    stdin_open: true
    command: [sh, -c, "(until [ -e /said ]; do echo tick; sleep 0.05; done) & while read line; do touch /said; echo got:$$line; done"]
    stop_signal: SIGKILL
  plain:
    image: rootfs:/
    stdin_open: true
    command: [sh, -c, "while read line; do [ $$line = end ] && exit 4; echo out:$$line; echo err:$$line >&2; done"]
    stop_signal: SIGKILL
  sig:
    image: rootfs:/
    command: [sh, -c, "trap 'echo bye; exit 9' TERM; while :; do echo tick; sleep 0.05; done"]
`,
  })
  await project.succeed('up', '-d')
})
afterAll(() => project[Symbol.asyncDispose]())

test('attach joins a terminal to that of the container until the keys to detach, and leaves it running', async () => {
  const { exitCode, screen } = await runAtTerminal(project, 'attach term', [
    { question: 'tick', keys: 'one\r' },
    { question: 'got:one', keys: '\x10\x11' },
  ])
  expect([exitCode, screen]).toEqual([0, expect.stringContaining('read escape sequence')])
  const again = await runAtTerminal(project, 'attach --detach-keys ctrl-x,x term', [
    { question: 'tick', keys: '\x10\x11two\r' },
    { question: 'two', keys: '\x18x' },
  ])
  expect(again.exitCode).toBe(0)
  expect(JSON.parse(await project.succeed('ps', 'term', '--format', 'json'))).toMatchObject({
    State: 'running',
  })
  expect(await project.succeed('logs', 'term')).toContain('got:one')
})

test('attach to a terminal that is silent later keeps no other command waiting', async () => {
  const { exitCode } = await runAtTerminal(project, 'attach quiet', [
    { question: 'tick', keys: 'one\r' },
    { question: 'got:one', keys: '\x10\x11' },
  ])
  expect(exitCode).toBe(0)
  expect(await project.succeed('exec', '-T', 'quiet', 'echo', 'answered')).toBe('answered\n')
})

test('attach types what comes from a pipe into the terminal of a container', async () => {
  const child = project.spawn(['attach', 'quiet'])
  const ended = resultOf(child)
  child.stdin?.write('piped\n')
  let shown = ''
  await new Promise<void>(resolve =>
    child.stdout?.on('data', (text: Buffer) => {
      shown += text.toString()
      if (shown.includes('got:piped')) resolve()
    }),
  )
  child.kill('SIGKILL')
  await ended
})

test('attach passes input, output and errors on apart, and the exit code', async () => {
  const result = await project.run(['attach', 'plain'], { input: 'a\nb\nend\n' })
  expect(result).toMatchObject({ exitCode: 4, stdout: 'out:a\nout:b\n', stderr: 'err:a\nerr:b\n' })
  expect(await project.run(['attach', 'plain'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('Cannot attach to attached-plain-1: it is not running'),
  })
})

test('attach passes signals on, or with --sig-proxy=false leaves the container running', async () => {
  const follow = async (...args: readonly string[]) => {
    const child = project.spawn(['attach', '--no-stdin', ...args, 'sig'])
    const ended = resultOf(child)
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    return await ended
  }
  expect((await follow('--sig-proxy=false')).exitCode).toBe(143)
  expect(JSON.parse(await project.succeed('ps', 'sig', '--format', 'json'))).toMatchObject({
    State: 'running',
  })
  await project.succeed('pause', 'sig')
  expect((await project.run(['attach', 'sig'])).stderr).toContain(
    'Cannot attach to attached-sig-1: it is paused',
  )
  await project.succeed('unpause', 'sig')
  const { exitCode, stdout } = await follow()
  expect([exitCode, stdout]).toEqual([9, expect.stringMatching(/tick\nbye\n$/)])
})
