import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { processesWith } from '../support/processes-with.ts'
import { TestProject } from '../support/test-project.ts'

/** Appends a line to the notes that the host sees. */
const note = (text: string, rest = ''): string =>
  JSON.stringify(['sh', '-c', `echo ${text} >> /notes/log${rest}`])

const MAIN = `trap 'echo main ends >> /notes/log; exit 0' TERM; echo main runs; while :; do sleep 0.05; done`

interface HookedService {
  readonly postStart?: readonly string[]
  readonly preStop?: readonly string[]
  readonly more?: string
}

function composeOf(name: string, { postStart = [], preStop = [], more = '' }: HookedService): string {
  return `
name: ${name}
services:
  web:
    image: rootfs:/
    command: ${JSON.stringify(['sh', '-c', MAIN.replaceAll('$', '$$$$')])}
    volumes: ["./notes:/notes"]
    environment: { FROM: service }
    post_start: [${postStart.join(', ')}]
    pre_stop: [${preStop.join(', ')}]
${more}`
}

function projectOf(name: string, service: HookedService): TestProject {
  const project = new TestProject({ compose: composeOf(name, service), files: { 'notes/log': '' } })
  chmodSync(join(project.folder, 'notes/log'), 0o666)
  return project
}

function notesOf(project: TestProject): readonly string[] {
  return readFileSync(join(project.folder, 'notes/log'), 'utf8').split('\n').filter(Boolean)
}

async function stateOf(project: TestProject, service: string): Promise<string | undefined> {
  const text = await project.succeed('ps', '-a', service, '--format', 'json')
  return text.trim() === '' ? undefined : JSON.parse(text).State
}

const DEPENDENT = `
  next:
    image: rootfs:/
    command: [sh, -c, "echo next starts >> /notes/log; exec sleep 600"]
    stop_signal: SIGKILL
    volumes: ["./notes:/notes"]
    depends_on: [web]
`

test('post_start runs in order in the container, as its settings say, before what depends on it', async () => {
  await using project = projectOf('hooks-start', {
    postStart: [
      `{ command: ${note('first $$FROM')} }`,
      `{ command: ${note('$$(id -u) $$PWD $$FROM $$CALLER')}, user: "1234", working_dir: /usr, environment: [FROM=hook, CALLER] }`,
      `{ command: ${note('$$(grep CapEff /proc/self/status | cut -f2)')}, privileged: true }`,
    ],
    more: DEPENDENT,
  })
  const { exitCode, stderr } = await project.run(['up', '-d'], { env: { CALLER: 'me' } })
  expect(stderr).not.toContain('error')
  expect(exitCode).toBe(0)
  await eventually(async () => expect(notesOf(project)).toHaveLength(4))
  expect(notesOf(project)).toEqual([
    'first service',
    '1234 /usr hook me',
    readFileSync('/proc/self/status', 'utf8').match(/^CapEff:\s*(\w+)$/m)?.[1],
    'next starts',
  ])
})

test('a post_start that fails is named with its command and its output, and runs again with the next up', async () => {
  await using project = projectOf('hooks-fail', {
    postStart: [
      `{ command: ${note('one')} }`,
      `{ command: [sh, -c, "echo to out; echo to err >&2; test -e /notes/ready || exit 3"] }`,
    ],
    more: DEPENDENT,
  })
  const failed = await project.run(['up', '-d'])
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain(
    'Cannot complete post_start[1] of container hooks-fail-web-1: web hook exited with status 3',
  )
  expect(failed.stderr).toContain('test -e /notes/ready || exit 3')
  expect(failed.stderr).toMatch(/\| to out\n +\| to err/)
  expect(failed.stderr).toContain('Container hooks-fail-next-1  Skipped')
  expect(await stateOf(project, 'web')).toBe('running')
  project.write('notes/ready', '')
  expect(await project.succeed('plan')).toContain('run post_start')
  await project.succeed('up', '-d')
  await eventually(async () => expect(notesOf(project)).toEqual(['one', 'one', 'next starts']))
  expect(await project.succeed('plan')).toContain('Nothing to do')
})

test('a post_start without its program fails before it runs', async () => {
  await using project = projectOf('hooks-program', { postStart: ['{ command: [/no/such/program] }'] })
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('post_start[0] of container hooks-program-web-1: there is no such file')
})

test('pre_stop runs before the stop signal of stop, restart, recreation, rm -s and down', async () => {
  await using project = projectOf('hooks-stop', {
    preStop: [`{ command: ${note('a')} }`, `{ command: ${note('b')} }`],
  })
  const stops = [['stop'], ['restart'], ['up', '-d', '--force-recreate'], ['rm', '-fs'], ['down']]
  for (const command of stops) {
    await project.succeed('up', '-d')
    project.write('notes/log', '')
    await project.succeed(...command)
    expect(notesOf(project), command.join(' ')).toEqual(['a', 'b', 'main ends'])
  }
})

test('neither kill, nor an end by itself, nor a restart by its policy runs hooks', async () => {
  await using project = projectOf('hooks-none', {
    postStart: [`{ command: ${note('post')} }`],
    preStop: [`{ command: ${note('pre')} }`],
    more: '    restart: always\n',
  })
  await project.succeed('up', '-d')
  await project.killMain('web')
  await eventually(async () => {
    const logs = await project.succeed('logs', '--no-log-prefix', 'web')
    expect(logs.split('\n').filter(line => line === 'main runs')).toHaveLength(2)
  })
  await project.succeed('kill', 'web')
  expect(notesOf(project)).toEqual(['post'])
})

test('a pre_stop that fails stops and removes the container all the same, with exit code 1', async () => {
  await using project = projectOf('hooks-prefail', {
    preStop: ['{ command: [sh, -c, "echo cannot drain; exit 4"] }', `{ command: ${note('never')} }`],
  })
  await project.succeed('up', '-d')
  const stopped = await project.run(['stop'])
  expect(stopped.exitCode).toBe(1)
  expect(stopped.stderr).toContain(
    'Cannot complete pre_stop[0] of container hooks-prefail-web-1: web hook exited with status 4',
  )
  expect(stopped.stderr).toContain('| cannot drain')
  expect(await stateOf(project, 'web')).toBe('exited')
  await project.succeed('up', '-d')
  expect((await project.run(['down'])).exitCode).toBe(1)
  expect(await stateOf(project, 'web')).toBeUndefined()
  expect(notesOf(project)).toEqual(['main ends', 'main ends'])
})

test('a pre_stop that ends its container has done what was wanted', async () => {
  await using project = projectOf('hooks-ends', { preStop: ['{ command: [sh, -c, "kill 1; sleep 600"] }'] })
  await project.succeed('up', '-d')
  await project.succeed('stop')
  expect(notesOf(project)).toEqual(['main ends'])
})

test.for([
  ['SIGINT', 130],
  ['SIGKILL', null],
] as const)('%s of up in a hook ends the hook, which the next up runs again', async ([signal, code]) => {
  await using project = projectOf('hooks-interrupt', {
    postStart: [
      '{ command: [sh, -c, "test -e /notes/go && echo done >> /notes/log || { echo begun >> /notes/log; exec sleep 54321; }"] }',
    ],
  })
  const child = project.spawn(['up', '-d'])
  const ended = once(child, 'exit')
  await eventually(async () => expect(processesWith('54321')).toHaveLength(1))
  // On record, which a command writes while it works.
  await eventually(async () => expect(await stateOf(project, 'web')).toBe('running'))
  child.kill(signal)
  expect((await ended)[0]).toBe(code)
  await eventually(async () => expect(processesWith('54321')).toEqual([]))
  expect(await stateOf(project, 'web')).toBe('running')
  project.write('notes/go', '')
  await project.succeed('up', '-d')
  expect(notesOf(project)).toEqual(['begun', 'done'])
})

test('Ctrl-C of stop in a hook leaves the container running, and kill ends both', async () => {
  await using project = projectOf('hooks-hang', { preStop: ['{ command: [sleep, "65432"] }'] })
  await project.succeed('up', '-d')
  const child = project.spawn(['stop'])
  const ended = once(child, 'exit')
  await eventually(async () => expect(processesWith('65432')).toHaveLength(1))
  child.kill('SIGINT')
  expect((await ended)[0]).toBe(130)
  await eventually(async () => expect(processesWith('65432')).toEqual([]))
  expect(await stateOf(project, 'web')).toBe('running')
  await project.succeed('kill')
})

test('an attached up shows what hooks write, those of its stop too', async () => {
  await using project = projectOf('hooks-attached', {
    postStart: ['{ command: [sh, -c, "echo warming up; echo oh >&2"] }'],
    preStop: ['{ command: [echo, draining] }'],
  })
  const child = project.spawn(['up'])
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const ended = once(child, 'exit')
  await eventually(async () => expect(output).toContain('web-1  | main runs'))
  await eventually(async () => expect(output).toMatch(/web-1 ->\s+\| warming up/))
  await eventually(async () => expect(output).toMatch(/web-1 ->\s+\| oh/))
  child.kill('SIGINT')
  expect((await ended)[0]).toBe(130)
  expect(output).toMatch(/web-1 ->\s+\| draining/)
})

/** A service with hooks before its start, beside a database. */
function preStartProject(name: string, hooks: string): TestProject {
  return new TestProject({
    compose: `
name: ${name}
services:
  db:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
  web:
    image: rootfs:/
    command: ${note('main', '; exec sleep 600')}
    stop_signal: SIGKILL
    volumes: ["./notes:/notes", "data:/data"]
    environment: { FROM: service }
    depends_on: [db]
    pre_start:
${hooks}
volumes: { data: }
`,
    files: { 'notes/log': '' },
  })
}

/** Nothing of the hooks is left: neither listed, nor a process, nor on disk. */
async function expectOnly(project: TestProject, containers: readonly string[]): Promise<void> {
  const names = (await project.succeed('ps', '-a', '--format', '{{.Name}}'))
    .trim()
    .split('\n')
    .filter(Boolean)
  expect(names).toEqual(containers)
  const [folder = ''] = readdirSync(join(project.state, 'data/projects'))
  expect(readdirSync(join(project.state, 'data/projects', folder, 'containers'))).toHaveLength(
    containers.length,
  )
}

test('pre_start runs to its end in containers of its own, with the volumes, networks and variables of its service', async () => {
  await using project = preStartProject(
    'hooks-pre',
    `      - command: ${note('one $$FROM $$MORE $$(getent hosts db | wc -l)', '; echo kept > /data/file')}
        environment: { MORE: hook }
      - command: ${note('two $$(cat /data/file) $$(hostname)')}
        image: rootfs:/usr/..
`,
  )
  await project.succeed('up', '-d')
  await eventually(async () => expect(notesOf(project)).toHaveLength(3))
  expect(notesOf(project)).toEqual([
    'one service hook 1',
    expect.stringMatching(/^two kept [0-9a-f]{12}$/),
    'main',
  ])
  await expectOnly(project, ['hooks-pre-db-1', 'hooks-pre-web-1'])
  await project.succeed('up', '-d', '--scale', 'web=2')
  await eventually(async () => expect(notesOf(project).slice(3)).toEqual(['main']))
  await project.succeed('stop')
  await project.succeed('start')
  await eventually(async () => expect(notesOf(project).slice(4)).toHaveLength(4))
  expect(notesOf(project)[4]).toBe('one service hook 1')
  await expectOnly(project, ['hooks-pre-db-1', 'hooks-pre-web-1', 'hooks-pre-web-2'])
})

test('a pre_start that fails is named with its output, its service is not started, and nothing of it is left', async () => {
  await using project = preStartProject(
    'hooks-prebad',
    `      - command: [sh, -c, "echo cannot migrate >&2; test -e /notes/ready || exit 3"]
      - command: ${note('second')}
`,
  )
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot complete pre_start[0] of service "web": it exited with code 3')
  expect(stderr).toContain('| cannot migrate')
  expect(stderr).toContain('Container hooks-prebad-web-1  Skipped')
  await expectOnly(project, ['hooks-prebad-db-1', 'hooks-prebad-web-1'])
  expect(await stateOf(project, 'web')).toBe('created')
  project.write('notes/ready', '')
  await project.succeed('up', '-d')
  await eventually(async () => expect(notesOf(project)).toEqual(['second', 'main']))
})

test('Ctrl-C of up in a pre_start removes its container', async () => {
  await using project = preStartProject('hooks-preint', '      - command: [sleep, "76543"]\n')
  const child = project.spawn(['up', '-d'])
  const ended = once(child, 'exit')
  await eventually(async () => expect(processesWith('76543')).toHaveLength(1))
  child.kill('SIGINT')
  expect((await ended)[0]).toBe(130)
  expect(processesWith('76543')).toEqual([])
  await expectOnly(project, ['hooks-preint-db-1', 'hooks-preint-web-1'])
})

test.for([['up', '-d'], ['down']])('SIGKILL of up in a pre_start leaves what %s removes', async command => {
  await using project = preStartProject(
    'hooks-prekill',
    '      - command: [sh, -c, "test -e /notes/go || exec sleep 87654"]\n',
  )
  const child = project.spawn(['up', '-d'])
  const ended = once(child, 'exit')
  await eventually(async () => expect(processesWith('87654')).toHaveLength(1))
  await eventually(async () => expect(await stateOf(project, 'db')).toBe('running'))
  child.kill('SIGKILL')
  await ended
  project.write('notes/go', '')
  await project.succeed(...command)
  expect(processesWith('87654')).toEqual([])
  if (command[0] === 'up') await expectOnly(project, ['hooks-prekill-db-1', 'hooks-prekill-web-1'])
})

test('an attached up shows what a pre_start writes, once', async () => {
  await using project = preStartProject('hooks-preshow', '      - command: [echo, migrating]\n')
  const child = project.spawn(['up'])
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const ended = once(child, 'exit')
  await eventually(async () => expect(notesOf(project)).toEqual(['main']))
  child.kill('SIGINT')
  expect((await ended)[0]).toBe(130)
  expect(output.match(/migrating/g)).toHaveLength(1)
  expect(output).toMatch(/web pre_start\[0\] ->\s+\| migrating/)
})
