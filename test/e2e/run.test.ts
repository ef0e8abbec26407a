import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runAtTerminal } from '../support/at-terminal.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { TestProject } from '../support/test-project.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')
const COMPOSE = `
name: once
services:
  db:
    image: rootfs:/
    init: true
    command: [sh, -c, "sleep 0.5; touch /run/ready; sleep 600"]
    stop_signal: SIGKILL
    tmpfs: [/run]
    healthcheck: { test: [CMD, test, -e, /run/ready], interval: 100ms, retries: 100 }
  app:
    image: rootfs:/
    entrypoint: [sh, -c]
    command: ["echo by default"]
    environment: { KEPT: "1", CHANGED: "1" }
    restart: always
    container_name: the-app
    volumes: ["/scratch"]
    depends_on: { db: { condition: service_healthy } }
    stop_signal: SIGKILL
  tool:
    image: rootfs:/
    profiles: [tools]
    network_mode: none
    command: ["true"]
`

describe('run', () => {
  let project: TestProject
  beforeAll(() => {
    project = new TestProject({ compose: COMPOSE, files: { 'more.env': 'FROM_FILE=2\n' } })
  })
  afterAll(() => project[Symbol.asyncDispose]())

  /** Runs a shell in a one-off of `app`. */
  function shell(script: string, ...options: readonly string[]) {
    return project.run(['run', '--rm', '-q', ...options, 'app', script])
  }

  async function containers(): Promise<readonly Record<string, string>[]> {
    const text = await project.succeed('ps', '-a', '--format', 'json')
    return text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  }

  async function oneOffs(): Promise<readonly string[]> {
    return (await containers()).flatMap(({ Name = '', Labels = '' }) =>
      Labels.includes('com.docker.compose.oneoff=True') ? [Name] : [],
    )
  }

  test('waits for the health of what the service depends on, and passes output and exit code on', async () => {
    const script = 'getent hosts db >&2; echo out; exit 7'
    const { exitCode, stdout, stderr } = await project.run(['run', '--rm', 'app', script])
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: 'out\n' })
    expect(stderr).toContain('Container once-db-1  Healthy')
    expect(stderr).toMatch(/^\d+\.\d+\.\d+\.\d+ +db$/m)
    expect((await containers()).map(({ Name }) => Name)).toEqual(['once-db-1'])
  })

  test('runs the command of the service where none is given', async () => {
    expect(await project.succeed('run', '--rm', '-q', 'app')).toBe('by default\n')
  })

  test('gives the end by a signal as 128 and its number', async () => {
    expect((await shell('sh -c "kill -TERM \\$\\$"; exit $?')).exitCode).toBe(143)
    const killed = project.run(['run', '--name', 'ends', '-q', '--no-deps', 'app', 'sleep 600'])
    await eventually(async () => expect(await oneOffs()).toEqual(['ends']))
    await eventually(async () => expect(await project.succeed('kill')).toBe(''))
    expect((await killed).exitCode).toBe(137)
    await project.succeed('rm', '-f')
  })

  test('passes signals on from the first output on', async () => {
    const script = 'trap "exit 9" HUP; trap "exit 10" USR1; echo; while :; do sleep 0.02; done'
    for (const [signal, exitCode] of [
      ['SIGHUP', 9],
      ['SIGUSR1', 10],
      ['SIGHUP', 9],
    ] as const) {
      const child = project.spawn(['run', '--rm', '-T', '-q', '--no-deps', 'app', script])
      const end = once(child, 'close')
      await once(child.stdout ?? child, 'data')
      child.kill(signal)
      expect(await end).toEqual([exitCode, null])
    }
  })

  test('passes standard input through, to its end, and none with --interactive=false', async () => {
    const input = 'x'.repeat(300_000)
    const args = ['run', '--rm', '-q', '-T', '--no-deps', 'app', 'wc -c']
    expect((await project.run(args, { input })).stdout.trim()).toBe('300000')
    const closed = ['run', '--rm', '-q', '--interactive=false', '--no-deps', 'app', 'wc -c']
    expect((await project.run(closed, { input })).stdout.trim()).toBe('0')
  })

  test('sets variables, user, folder, labels and entrypoint', async () => {
    const { stdout } = await project.run([
      ...['run', '--rm', '-q', '--no-deps', '-e', 'CHANGED=2', '-e', 'BARE', '--env-from-file', 'more.env'],
      ...['-u', '1234', '-w', '/usr', '-l', 'job=yes', '--entrypoint', 'sh -c', 'app'],
      'id -u; pwd; echo "$KEPT $CHANGED ${BARE-none} $FROM_FILE"',
    ])
    expect(stdout).toBe('1234\n/usr\n1 2 none 2\n')
  })

  test('mounts volumes and folders beside those of the service', async () => {
    project.write('in/note', 'from the host\n')
    const script = 'cat /in/note; touch /in/no 2>/dev/null || echo read-only; echo kept > /data/it'
    const options = ['--no-deps', '-v', './in:/in:ro', '-v', 'data:/data']
    expect((await shell(script, ...options)).stdout).toBe('from the host\nread-only\n')
    expect((await shell('cat /data/it', '--no-deps', '-v', 'data:/data')).stdout).toBe('kept\n')
  })

  test('with --rm leaves neither the container nor its anonymous volumes', async () => {
    const volumes = () => readdirSync(join(project.state, 'data', 'volumes')).sort()
    const before = volumes()
    expect((await shell('mountpoint /scratch', '--no-deps')).stdout).toContain('is a mountpoint')
    expect(await oneOffs()).toEqual([])
    expect(volumes()).toEqual(before)
  })

  test('without --rm keeps the container, which rm removes', async () => {
    await project.run(['run', '--no-deps', 'app', 'exit 3'])
    const [name = ''] = await oneOffs()
    expect(name).toMatch(/^once-app-run-[0-9a-f]{12}$/)
    expect(await project.succeed('ps')).not.toContain(name)
    expect(await project.succeed('logs')).not.toContain(name)
    await project.succeed('rm', '-f')
    expect(await oneOffs()).toEqual([])
  })

  test('says which program is not there, and leaves nothing with --rm', async () => {
    const { exitCode, stderr } = await project.run([
      ...['run', '--rm', '--no-deps', '--entrypoint', 'nosuch', 'app'],
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Cannot run "nosuch" in service "app"')
    expect(await oneOffs()).toEqual([])
  })

  test('runs a service whose profile is off', async () => {
    expect(await project.succeed('run', '--rm', '-q', 'tool', 'echo', 'a tool')).toBe('a tool\n')
  })

  test('runs in the background with -d, which kill ends and up leaves alone', async () => {
    const id = (await project.succeed('run', '-d', '--no-deps', '--name', 'job', 'app', 'sleep 600')).trim()
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(await containers()).toContainEqual(expect.objectContaining({ Name: 'job', State: 'running' }))
    expect(await project.succeed('exec', '-T', 'app', 'echo', 'inside')).toBe('inside\n')
    const again = await project.run(['run', '--no-deps', '--name', 'job', 'app', 'true'])
    expect(again.exitCode).toBe(1)
    expect(again.stderr).toContain('Cannot name the container "job": one of project once has that name')
    await project.succeed('up', '-d', 'db')
    await project.succeed('stop', 'app')
    expect(await oneOffs()).toEqual(['job'])
    expect(await containers()).toContainEqual(expect.objectContaining({ Name: 'job', State: 'running' }))
    await project.succeed('kill', 'app')
    expect(await containers()).toContainEqual(expect.objectContaining({ Name: 'job', State: 'exited' }))
    await project.succeed('rm', '-f')
  })

  test('runs two at once, each under its own name only', async () => {
    const script = 'getent hosts app >/dev/null && echo known; hostname'
    const both = await Promise.all([shell(script), shell(script)])
    const names = both.map(({ exitCode, stdout }) => {
      expect(exitCode).toBe(0)
      expect(stdout).not.toContain('known')
      return stdout
    })
    expect(names[0]).not.toBe(names[1])
    expect((await shell('getent hosts app >/dev/null && echo known', '--use-aliases')).stdout).toBe('known\n')
  })

  test('runs while up starts the project', async () => {
    await project.succeed('down', '-t', '0')
    const up = project.spawn(['up', '-d'])
    const [ran] = await Promise.all([shell('echo ran'), once(up, 'exit')])
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'ran\n' })
    expect(await oneOffs()).toEqual([])
    await project.succeed('down', '-t', '0')
  })

  test('hands the first Ctrl-C without a terminal to the container', async () => {
    const script = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.1; done'
    const child = project.spawn(['run', '--rm', '-q', '--no-deps', 'app', script])
    let stdout = ''
    child.stdout?.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    await eventually(async () => expect(stdout).toBe('ready\n'))
    child.kill('SIGINT')
    const [exitCode] = await once(child, 'exit')
    expect({ exitCode, stdout }).toEqual({ exitCode: 9, stdout: 'ready\ncaught\n' })
    expect(await oneOffs()).toEqual([])
  })

  test('removes a container of -d --rm when it has ended, without another command', async () => {
    await project.succeed('run', '-d', '--rm', '--no-deps', 'app', 'exit 3')
    await eventually(async () => expect(await oneOffs()).toEqual([]))
    await project.succeed('up', '-d', 'db')
    await project.succeed('run', '-d', '--rm', '--no-deps', 'app', 'sleep 0.2')
    await eventually(async () => expect(await oneOffs()).toEqual([]))
  })

  test('killed by SIGKILL takes its container along, which --rm still removes', async () => {
    const child = project.spawn(['run', '--rm', '-q', '--no-deps', 'app', 'echo ready; sleep 600'])
    await once(child.stdout ?? child, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await eventually(async () => expect(await oneOffs()).toEqual([]))
  })

  test('gives the container a terminal, whose keys go to its foreground', async ({ skip }) => {
    if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
    const { exitCode, screen } = await runAtTerminal(
      project,
      'run --rm -q --no-deps --entrypoint sh app -i',
      [
        { question: '# ', keys: 'test -t 0 && test -t 2 && echo is-"a-terminal"\n' },
        { question: 'is-a-terminal', keys: `sh -c 'echo goes-"on"; exec sleep 600'\n` },
        { question: 'goes-on', keys: '\u0003' },
        { question: '^C', keys: 'exit 5\n' },
      ],
    )
    expect(screen).toContain('is-a-terminal')
    expect(exitCode).toBe(5)
  })

  test('leaves the container running at Ctrl-P Ctrl-Q, which --rm removes at its end', async ({ skip }) => {
    if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
    const inside = 'echo begun; until [ -e /go/end ]; do sleep 0.05; done; seq 100000; touch /go/over'
    const { exitCode, screen } = await runAtTerminal(
      project,
      `run --rm -q --no-deps -v ./go:/go app "${inside}"`,
      [{ question: 'begun', keys: '\u0010\u0011' }],
    )
    expect({ exitCode, isSaid: screen.includes('read escape sequence') }).toEqual({
      exitCode: 0,
      isSaid: true,
    })
    expect(await oneOffs()).toHaveLength(1)
    writeFileSync(join(project.folder, 'go/end'), '')
    await eventually(async () => expect(existsSync(join(project.folder, 'go/over'))).toBe(true))
    await eventually(async () => expect(await oneOffs()).toEqual([]))
  })

  test('gives the terminal the size of that of the caller, and follows its changes', async ({ skip }) => {
    if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
    const until = (condition: string) => `until ${condition}; do sleep 0.05; done`
    const inside = `stty size; touch /go/now; ${until('[ \\"\\$(stty size)\\" = \\"44 88\\" ]')}; echo followed`
    const { exitCode, screen } = await runAtTerminal(
      project,
      [
        'version > /dev/null; stty rows 33 cols 77; mkdir -p go',
        `(${until('[ -e go/now ]')}; stty rows 44 cols 88 < /dev/tty) &`,
        `"${BIN}" run --rm -q --no-deps -v ./go:/go app "${inside}"`,
      ].join('\n'),
      [],
    )
    expect(screen).toContain('33 77')
    expect(screen).toContain('followed')
    expect(exitCode).toBe(0)
  })
})

test('run publishes ports only where it is told to', async () => {
  const [declared, other] = [await freePort(), await freePort()]
  await using project = new TestProject({
    compose: `
name: ports
services:
  web:
    image: rootfs:/
    ports: ["127.0.0.1:${declared}:9000"]
    stop_signal: SIGKILL
`,
  })
  const serve = ['web', process.execPath, '-e', SERVER]
  for (const { options, open, closed } of [
    { options: ['-P'], open: declared, closed: other },
    { options: ['-p', `127.0.0.1:${other}:9000`], open: other, closed: declared },
  ]) {
    const id = (await project.succeed('run', '-d', ...options, ...serve)).trim()
    expect(id).not.toBe('')
    await eventually(async () => expect(await answerOf(open)).toBe('served'))
    await expect(answerOf(closed)).rejects.toThrow('ECONNREFUSED')
    await project.succeed('kill')
    await project.succeed('rm', '-f')
  }
})

const SERVER = 'require("node:net").createServer(socket => socket.end("served")).listen(9000)'

async function answerOf(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}
