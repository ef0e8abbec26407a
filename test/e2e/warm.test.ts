import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { runAtTerminal } from '../support/at-terminal.ts'
import { eventually } from '../support/eventually.ts'
import { type CommandResult, resultOf, TestProject } from '../support/test-project.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')

const COMPOSE = `
name: warm
services:
  web:
    image: rootfs:/
    init: true
    command: [sleep, "1000"]
    environment: { MARK: "\${MARK:-none}" }
`

/** Its health is not known for a minute. */
const UNHEALTHY = `${COMPOSE}    healthcheck: { test: "false", interval: 60s, start_period: 60s }\n`

const BAD = 'services: { web: { image: "rootfs:/", comand: x } }\n'

/** What `doctor --json` says. */
interface Examined {
  readonly checks: readonly { readonly name: string; readonly detail: string }[]
}

/** What `system warm` says of the process. */
interface Described {
  readonly pid: number
  readonly commands: number
}

async function describeWarm(project: TestProject): Promise<Described> {
  const text = await project.succeed('system', 'warm')
  const match = /^Process (\d+) is warm: it started .+ ago, ran (\d+) commands? and takes [\d.]+MB\n$/.exec(
    text,
  )
  if (match === null) throw new Error(`No process was warm: ${text}`)
  return { pid: Number(match[1]), commands: Number(match[2]) }
}

/** Resolves once a process has ended. */
async function ended(pid: number): Promise<void> {
  await eventually(async () => expect(existsSync(`/proc/${pid}`)).toBe(false))
}

/** Whoever adopts a process that has ended may reap it later. */
function lives(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}

/** Starts an `up` that waits for what does not come, and returns it when the container is there. */
async function waitingUp(
  project: TestProject,
): Promise<{ child: ChildProcess; result: Promise<CommandResult> }> {
  const child = project.spawn(['up', '-d', '--wait'])
  const result = resultOf(child)
  await eventually(async () => {
    const { stdout } = await project.run(['ps', '-q'], { env: { TCOMPOSE_WARM: '0' } })
    expect(stdout).not.toBe('')
  })
  return { child, result }
}

test('commands give in a warm process what they give in one of their own', async () => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: true })
  project.write('bad.yaml', BAD)
  const commands = [
    ['config'],
    ['plan'],
    ['up', '-d'],
    ['ps', '--services'],
    ['up', '-d'],
    ['-f', 'bad.yaml', 'config'],
    ['version'],
    ['stop', '-t', '0'],
    ['ps', '-a', '--services', '--status', 'exited'],
    ['down', '-t', '0'],
    ['up', '-d', 'nosuch'],
  ]
  const run = async (env: Readonly<Record<string, string>>) => {
    const results: unknown[] = []
    for (const args of commands) {
      const { exitCode, stdout, stderr } = await project.run(args, { env })
      results.push([args.join(' '), exitCode, stdout, stderr.replaceAll(/\d+(?:\.\d+)?m?s/g, 'TIME')])
    }
    return results
  }
  const cold = await run({ TCOMPOSE_WARM: '0' })
  expect((await describeWarm(project)).commands).toBe(0)
  expect(await run({})).toEqual(cold)
  expect((await describeWarm(project)).commands).toBe(commands.length)
})

test('the environment, the folder and the file mode mask of one caller do not reach the command of another', async () => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: true })
  const markIn = async (env: Readonly<Record<string, string>>) =>
    /MARK: (\w+)/.exec((await project.run(['config'], { env })).stdout)?.[1]
  expect(await markIn({ MARK: 'first', NODE_OPTIONS: '--nonsense' })).toBe('first')
  expect(await markIn({})).toBe('none')
  const masked = (mask: string, file: string) =>
    spawnSync('sh', ['-c', `umask ${mask} && "${BIN}" config -o ${file} && stat -c %a ${file}`], {
      cwd: project.folder,
      env: project.environment,
      encoding: 'utf8',
    }).stdout
  expect([masked('077', 'private'), masked('022', 'public')]).toEqual(['600\n', '644\n'])
  const elsewhere = spawnSync(BIN, ['config', '-q'], { cwd: '/', env: project.environment, encoding: 'utf8' })
  expect([elsewhere.status, elsewhere.stderr]).toEqual([2, expect.stringContaining('TC1001')])
  expect((await describeWarm(project)).commands).toBe(5)
})

test('who reads the output of a command waits no longer than for the command', async () => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: true })
  const lines = spawnSync('sh', ['-c', `"${BIN}" config | cat | wc -l; "${BIN}" --help ps | head -n 1`], {
    cwd: project.folder,
    env: project.environment,
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect([lines.status, lines.stdout]).toEqual([0, expect.stringMatching(/^\d+\nUsage: /)])
})

test('what is not like the warm process runs in one of its own', async () => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: true })
  const before = await describeWarm(project)
  const run = (script: string) =>
    spawnSync('sh', ['-c', script], { cwd: project.folder, env: project.environment, encoding: 'utf8' })
  for (const prefix of [
    'ulimit -n 300; ',
    'exec nice -n 1 ',
    'exec unshare -n ',
    'exec setpriv --no-new-privs ',
  ]) {
    expect([prefix, run(`${prefix}"${BIN}" config -q`).status]).toEqual([prefix, 0])
  }
  expect(run(`"${BIN}" config -q <&-`).status).toBe(0)
  expect(run(`"${BIN}" -f - config -q < compose.yaml`).status).toBe(0)
  expect(run(`"${BIN}" -f /dev/fd/3 config -q 3< compose.yaml`).status).toBe(0)
  expect(await describeWarm(project)).toEqual(before)
})

test('twenty commands at once are all right', async () => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: true })
  const results = await Promise.all(Array.from({ length: 20 }, () => project.run(['config', '--services'])))
  expect(new Set(results.map(({ exitCode, stdout }) => `${exitCode} ${stdout}`))).toEqual(
    new Set(['0 web\n']),
  )
})

test('Ctrl-C ends a command that reads a file without end, and the process that is stuck in it', async () => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: true })
  const fifo = join(project.folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  const { pid } = await describeWarm(project)
  const child = project.spawn(['-f', fifo, 'config'])
  const result = resultOf(child)
  // The kernel function in which an open of a FIFO waits for its other end.
  await eventually(async () =>
    expect(readFileSync(`/proc/${pid}/wchan`, 'latin1')).toMatch(/wait_for_partner/),
  )
  child.kill('SIGINT')
  expect((await result).signal).toBe('SIGINT')
  await ended(pid)
  expect((await project.run(['config', '-q'])).exitCode).toBe(0)
})

test('a command that is interrupted ends what it was doing, and the process stays warm', async () => {
  await using project = new TestProject({ compose: UNHEALTHY, isWarm: true })
  const before = await describeWarm(project)
  const { child, result } = await waitingUp(project)
  child.kill('SIGINT')
  expect((await result).exitCode).toBe(130)
  expect((await describeWarm(project)).pid).toBe(before.pid)
})

test('a command whose process is killed says so, and the next one completes it', async () => {
  await using project = new TestProject({ compose: UNHEALTHY, isWarm: true })
  const { pid } = await describeWarm(project)
  const { result } = await waitingUp(project)
  process.kill(pid, 'SIGKILL')
  const { exitCode, stderr } = await result
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Run the command again')])
  expect((await project.run(['up', '-d'])).exitCode).toBe(0)
  expect(await project.succeed('ps', '--services', '--status', 'running')).toBe('web\n')
})

test('a command whose front is killed ends at once, and the next one completes it', async () => {
  await using project = new TestProject({ compose: UNHEALTHY, isWarm: true })
  const { pid } = await describeWarm(project)
  const { child } = await waitingUp(project)
  child.kill('SIGKILL')
  await ended(pid)
  expect((await project.run(['up', '-d'])).exitCode).toBe(0)
})

test('TCOMPOSE_WARM=1 starts the process behind a command, and "system cool" ends it', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const env = { TCOMPOSE_WARM: '1' }
  expect((await project.run(['config', '-q'], { env })).exitCode).toBe(0)
  const socket = join(project.state, 'run/warm/socket')
  await eventually(async () => expect(existsSync(socket)).toBe(true))
  const { pid } = await describeWarm(project)
  expect(await project.succeed('system', 'cool')).toBe(`Process ${pid} has ended\n`)
  await ended(pid)
  expect(existsSync(socket)).toBe(false)
  expect(await project.succeed('system', 'cool')).toBe('No process is kept warm\n')
})

test('a terminal of a caller does not become that of the process', async () => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: true })
  const { pid } = await describeWarm(project)
  expect((await runAtTerminal(project, 'up -d', [])).exitCode).toBe(0)
  // proc_pid_stat(5): the fifth field behind the name is the controlling terminal.
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]).toBe('0')
  expect(await describeWarm(project)).toEqual({ pid, commands: 1 })
})

test('a user at a prompt has the process from the first project to the last', async () => {
  await using project = new TestProject({
    compose: COMPOSE,
    env: { TCOMPOSE_WARM: '', CI: '' },
    isWarm: false,
  })
  const socket = join(project.state, 'run/warm/socket')
  expect((await runAtTerminal(project, 'config -q', [])).exitCode).toBe(0)
  expect(existsSync(socket)).toBe(false)
  expect((await runAtTerminal(project, 'up -d', [])).exitCode).toBe(0)
  await eventually(async () => expect(existsSync(socket)).toBe(true))
  expect(await project.succeed('ps', '--services')).toBe('web\n')
  const { checks } = JSON.parse(await project.succeed('doctor', '--json')) as Examined
  const { detail = '' } = checks.find(({ name }) => name === 'warm process') ?? {}
  const [, pid] = /^process (\d+): started .+ ago, ran 1 command and takes /.exec(detail) ?? []
  expect((await runAtTerminal(project, 'down -t 0', [])).exitCode).toBe(0)
  expect(lives(Number(pid))).toBe(false)
  expect(existsSync(join(project.state, 'run/warm'))).toBe(false)
})

test('exec and run pass streams, signals and the exit code on', async () => {
  await using project = new TestProject({ compose: COMPOSE, isWarm: true })
  await project.succeed('up', '-d')
  const before = (await describeWarm(project)).commands
  const echo = await project.run(['exec', '-T', 'web', 'sh', '-c', 'cat; echo error >&2; exit 7'], {
    input: 'text',
  })
  expect(echo).toMatchObject({ exitCode: 7, stdout: 'text', stderr: 'error\n' })
  expect(await project.run(['run', '--rm', 'web', 'sh', '-c', 'exit 3'])).toMatchObject({ exitCode: 3 })

  // The arguments of the shell are not yet those of what is waited for.
  const child = project.spawn([
    'exec',
    '-T',
    'web',
    'sh',
    '-c',
    'echo here; seconds=300; exec sleep $seconds',
  ])
  const result = resultOf(child)
  const isRunning = async () => /sleep 300/.test(await project.succeed('top'))
  await eventually(async () => expect(await isRunning()).toBe(true))
  child.kill('SIGINT')
  expect(await result).toMatchObject({ exitCode: 130, stdout: 'here\n' })
  await eventually(async () => expect(await isRunning()).toBe(false))
  expect((await describeWarm(project)).commands).toBeGreaterThan(before + 2)

  const asked = project.spawn([
    'run',
    '--rm',
    'web',
    'sh',
    '-c',
    'trap "exit 9" HUP; echo up; sleep 300 & wait',
  ])
  await once(asked.stdout ?? asked, 'data')
  const end = resultOf(asked)
  // What the container writes may be there before the command passes signals on; the front blocks them from then on.
  await eventually(async () => expect(blockedSignals(asked.pid ?? 0) & 1).toBe(1))
  asked.kill('SIGHUP')
  expect((await end).exitCode).toBe(9)
})

/** Returns the low 32 signals that a process blocks, SIGHUP first; see proc_pid_status(5). */
function blockedSignals(pid: number): number {
  const [, mask = '0'] =
    /^SigBlk:\t[0-9a-f]{8}([0-9a-f]{8})$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number.parseInt(mask, 16)
}
