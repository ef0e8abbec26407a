import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAtTerminal } from '../support/at-terminal.ts'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: streams
services:
  box:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    network_mode: none
`
const BIN = resolve(import.meta.dirname, '../../bin/tcompose')

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d')
})
afterAll(() => project[Symbol.asyncDispose]())

/** Runs `script` in the container from a shell; `line` has its redirections after "$EXEC". */
function fromShell(line: string, script: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line, 'bash', script], {
    cwd: project.folder,
    env: { ...project.environment, EXEC: `${BIN} exec -T box sh -c` },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('exec gives no way to write to a file that is its standard input', () => {
  project.write('note', 'as it was\n')
  fromShell('$EXEC "$1" < note', 'echo changed > /proc/self/fd/0; echo changed >&0')
  expect(readFileSync(join(project.folder, 'note'), 'utf8')).toBe('as it was\n')
})

test('exec ends with its command, and processes that it leaves behind no longer reach the caller', async () => {
  const started = Date.now()
  const script = '(sleep 2; echo late; echo late >&2) & echo now'
  expect(fromShell('exec 5> out; $EXEC "$1" >&5 2>&1 < <(sleep 60)', script).status).toBe(0)
  expect(Date.now() - started).toBeLessThan(30_000)
  await delay(3000)
  expect(readFileSync(join(project.folder, 'out'), 'utf8')).toBe('now\n')
})

test('exec passes much data through completely in both directions', () => {
  const data = Buffer.alloc(50_000_000)
  for (let at = 0; at < data.length; at += 4) data.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at)
  writeFileSync(join(project.folder, 'data'), data)
  const wanted = createHash('sha256').update(data).digest('hex')
  expect(fromShell('$EXEC "$1" < data | sha256sum', 'cat').stdout).toContain(wanted)
  expect(fromShell('cat data | $EXEC "$1" > copy; sha256sum copy', 'cat').stdout).toContain(wanted)
})

test('exec passes on the end of its input and the closing of its output', () => {
  expect(fromShell('printf "a\\nb" | $EXEC "$1"', 'wc -c; exit 3')).toMatchObject({
    status: 3,
    stdout: '3\n',
  })
  expect(fromShell('$EXEC "$1" <&-', 'cat; echo ended').stdout).toBe('ended\n')
  const line = '$EXEC "$1" < /dev/null | head -n 1; echo "${PIPESTATUS[0]}"'
  expect(fromShell(line, 'exec yes').stdout).toBe('y\n141\n')
})

test('exec lets its command reopen its streams, also as another user', () => {
  const script = 'echo out > /dev/stdout; echo err > /dev/stderr; cat < /dev/stdin'
  const line = 'echo in | $EXEC "$1"'.replace('$EXEC', '${EXEC/-T/-T -u 1234}')
  expect(fromShell(line, script)).toEqual({ status: 0, stdout: 'out\nin\n', stderr: 'err\n' })
})

test('exec gives its command a terminal of the container, never that of the caller', ({ skip }) => {
  if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
  const streams =
    'stat -Lc %d /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /dev/pts/ptmx; [ -t 0 ] && echo ended'
  const { stdout } = fromShell('script -qec "${EXEC/-T/} \'$1\'" /dev/null < /dev/null', streams)
  const [first, ...more] = stdout.match(/\d+(?=\r)/g) ?? []
  expect(more).toEqual([first, first, first])
  expect(stdout).toContain('ended')
})

test('exec leaves its command running at Ctrl-P Ctrl-Q, as long as it likes', async ({ skip }) => {
  if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
  const inside =
    'rm -f /run/end; echo its-"here"; until [ -e /run/end ]; do sleep 0.05; done; seq 100000; touch /run/over'
  const { exitCode, screen } = await runAtTerminal(project, `exec box sh -c '${inside}'`, [
    { question: 'its-here', keys: '\u0010\u0011' },
  ])
  expect({ exitCode, isSaid: screen.includes('read escape sequence') }).toEqual({ exitCode: 0, isSaid: true })
  await project.succeed('exec', '-T', 'box', 'touch', '/run/end')
  await eventually(async () => project.succeed('exec', '-T', 'box', 'test', '-e', '/run/over'))
})

test('a container has its own null device for standard streams that lead nowhere', async () => {
  const isOwn = '[ /proc/1/fd/0 -ef /dev/null ] && [ /proc/self/fd/0 -ef /dev/null ]'
  expect(fromShell('$EXEC "$1" < /dev/null', isOwn).status).toBe(0)
  await project.succeed(
    'exec',
    '-d',
    'box',
    'sh',
    '-c',
    '[ /proc/self/fd/1 -ef /dev/null ] && touch /run/own',
  )
  await eventually(async () => project.succeed('exec', '-T', 'box', 'test', '-e', '/run/own'))
})

test('exec does not mistake another file for the null device', () => {
  expect(fromShell('echo | $EXEC "$1"', 'mv /dev/null /dev/was && mkfifo /dev/null').status).toBe(0)
  const { status, stderr } = fromShell('$EXEC "$1" < /dev/null', 'true')
  expect(status).toBe(1)
  expect(stderr).toContain('what is at /dev/null in the container is not the null device')
  expect(fromShell('echo | $EXEC "$1"', 'mv /dev/was /dev/null').status).toBe(0)
})
