import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type CommandResult, TestProject } from '../support/test-project.ts'

const FILE = 'f1le-c0ntent'
const VARIABLE = 'v4riable-c0ntent'
const COMMAND = 'c0mmand-c0ntent'
const ALL = [FILE, VARIABLE, COMMAND]

const COMPOSE = `name: secrets
services:
  web:
    image: rootfs:/
    init: true
    restart: always
    user: "1000:1000"
    command: [sleep, "1000"]
    healthcheck: {test: "grep -q . /run/secrets/token", interval: 100ms}
    secrets:
      - from_file
      - {source: token, uid: "1000", gid: "1000", mode: 0400}
      - {source: token, target: /etc/token, gid: "5", mode: 0440}
      - from_command
    configs:
      - {source: conf, target: /etc/app/app.conf}
  other:
    image: rootfs:/
    init: true
    command: [sleep, "1000"]
    secrets: [from_file]
secrets:
  from_file: {file: ./from_file}
  token: {environment: TOKEN}
  from_command:
    x-tcompose: {command: [cat, command-output]}
configs:
  conf: {content: "token=\${TOKEN}\\n"}
`

const STAT =
  'stat -c "%n %u:%g %a %s" /run/secrets/from_file /run/secrets/token /etc/token /run/secrets/from_command /etc/app/app.conf'

function makeProject(env: Readonly<Record<string, string>> = { TOKEN: VARIABLE }): TestProject {
  return new TestProject({
    compose: COMPOSE,
    files: { from_file: `${FILE}\n`, 'command-output': `${COMMAND}\n` },
    env,
  })
}

/** Returns the files below `folder` that hold one of `texts`; what is no regular file holds nothing. */
function filesWith(folder: string, texts: readonly string[]): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => {
    const path = join(folder, name)
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
    try {
      const content = readFileSync(path)
      return texts.some(text => content.includes(text))
    } catch {
      // The file of a network namespace cannot be read.
      return false
    }
  })
}

/** Returns the processes whose environment or arguments hold one of `texts`. */
function processesWith(texts: readonly string[]): readonly string[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return pids.filter(pid =>
    ['environ', 'cmdline'].some(name => {
      try {
        const content = readFileSync(`/proc/${pid}/${name}`)
        return texts.some(text => content.includes(text))
      } catch {
        return false
      }
    }),
  )
}

function expectNoLeak(project: TestProject): void {
  const state = ['data', 'run'].map(name => join(project.state, name)).filter(path => existsSync(path))
  expect(state.flatMap(folder => filesWith(folder, ALL))).toEqual([])
  expect(processesWith(ALL)).toEqual([])
}

function expectSilent(result: CommandResult): void {
  for (const text of ALL) expect(result.stdout + result.stderr).not.toContain(text)
}

test('secrets and configs are read-only files of their owners, in memory alone', async () => {
  await using project = makeProject()
  const up = await project.run(['up', '-d', '--wait'])
  expect(up.exitCode, up.stderr).toBe(0)
  expectSilent(up)
  expect(await project.succeed('exec', '-T', 'web', 'sh', '-c', STAT)).toBe(
    [
      '/run/secrets/from_file 0:0 444 13',
      '/run/secrets/token 1000:1000 400 16',
      '/etc/token 0:5 440 16',
      '/run/secrets/from_command 0:0 444 15',
      '/etc/app/app.conf 0:0 444 23',
      '',
    ].join('\n'),
  )
  const read = 'cat /run/secrets/from_file /run/secrets/token /run/secrets/from_command /etc/app/app.conf'
  expect(await project.succeed('exec', '-T', 'web', 'sh', '-c', read)).toBe(
    `${FILE}\n${VARIABLE}${COMMAND}token=${VARIABLE}\n`,
  )
  const written = await project.run([
    'exec',
    '-T',
    '-u',
    '0',
    'web',
    'sh',
    '-c',
    'echo x > /run/secrets/token',
  ])
  expect(written.stderr).toContain('Read-only file system')
  const mounts = await project.succeed('exec', '-T', 'web', 'grep', ' /run/secrets/token ', '/proc/mounts')
  expect(mounts).toMatch(/ ramfs ro,nosuid,nodev,noexec,/)
  expectNoLeak(project)
  for (const words of [['plan'], ['plan', '--json'], ['ps', '--format', 'json'], ['config', '-q']])
    expectSilent(await project.run(words))
  expect((await project.run(['up', '-d'])).stderr).not.toContain('Recreate')
  const [line = ''] = (await project.succeed('config', '--hash', 'web')).split('\n')
  const record = readFileSync(join(project.state, 'data/projects/secrets/project.json'), 'utf8')
  expect(record).toContain(`"configHash":"${line.replace('web ', '')}"`)
})

test('a container that its policy starts again has the secrets that it had', async () => {
  await using project = makeProject()
  await project.succeed('up', '-d', '--wait')
  writeFileSync(join(project.folder, 'from_file'), 'changed\n')
  const boot = await project.succeed('exec', '-T', 'web', 'stat', '-c', '%Y %i', '/proc/1')
  await project.killMain('web')
  const read = ['exec', '-T', 'web', 'cat', '/run/secrets/from_file', '/run/secrets/token']
  await eventually(async () => {
    expect(await project.succeed('exec', '-T', 'web', 'stat', '-c', '%Y %i', '/proc/1')).not.toBe(boot)
    expect(await project.succeed(...read)).toBe(`${FILE}\n${VARIABLE}`)
  })
  // A restart reads files, as if they were mounted, and keeps what it cannot read any more.
  const restarted = await project.run(['restart', 'web'], { env: { TOKEN: 'other-value' } })
  expect(restarted.exitCode, restarted.stderr).toBe(0)
  expect(await project.succeed(...read)).toBe(`changed\n${VARIABLE}`)
  expectNoLeak(project)
})

test('what has changed recreates the services that have it, and the plan says so', async () => {
  await using project = makeProject()
  await project.succeed('up', '-d')
  const changed = { TOKEN: 'an0ther-c0ntent' }
  const plan = await project.run(['plan'], { env: changed })
  expect(plan.stdout).toContain('configuration changed: config "conf", secret "token"')
  expect(plan.stdout).not.toContain('other')
  expect(plan.stdout).not.toContain('an0ther')
  const up = await project.run(['up', '-d'], { env: changed })
  expect(up.stderr).toContain('Container secrets-web-1  Recreated')
  expect(up.stderr).toContain('Container secrets-other-1  Running')
  expect(await project.succeed('exec', '-T', 'web', 'cat', '/run/secrets/token')).toBe('an0ther-c0ntent')
  writeFileSync(join(project.folder, 'from_file'), 'changed\n')
  const second = await project.run(['plan'], { env: changed })
  for (const service of ['web', 'other'])
    expect(second.stdout).toMatch(
      new RegExp(`${service}-1 +create container +\\(configuration changed: secret "from_file"\\)`),
    )
})

test('a file that is gone is what it was to a container that was started with it', async () => {
  await using project = makeProject()
  await project.succeed('up', '-d')
  writeFileSync(join(project.folder, 'compose.yaml'), COMPOSE.replace('./from_file', './gone'))
  const plan = await project.run(['plan'])
  expect(plan.exitCode).toBe(1)
  expect(plan.stderr).toContain(`Cannot read secret "from_file" from "${join(project.folder, 'gone')}"`)
  expect(plan.stderr).toMatch(/compose\.yaml:11:9/)
  writeFileSync(join(project.folder, 'compose.yaml'), COMPOSE)
  rmSync(join(project.folder, 'from_file'))
  const restarted = await project.run(['restart', 'other'])
  expect(restarted.exitCode, restarted.stderr).toBe(0)
  expect(restarted.stderr).toContain('service "other" has what it was started with')
  expect(await project.succeed('exec', '-T', 'other', 'cat', '/run/secrets/from_file')).toBe(`${FILE}\n`)
})

test.for<{ readonly what: string; readonly secret: string; readonly problem: string }>([
  { what: 'file that is missing', secret: '{file: ./none}', problem: 'it does not exist' },
  { what: 'folder', secret: '{file: .}', problem: 'it is a folder' },
  {
    what: 'variable that is not set',
    secret: '{environment: NONE}',
    problem: 'the variable NONE is not set',
  },
  {
    what: 'command that fails',
    secret: '{x-tcompose: {command: [sh, -c, "echo no such entry >&2; exit 3"]}}',
    problem: 'it ended with exit code 3 (no such entry)',
  },
  {
    what: 'command that is missing',
    secret: '{x-tcompose: {command: [no-such-program]}}',
    problem: '"no-such-program" was not found',
  },
  {
    what: 'command that takes too long',
    secret: '{x-tcompose: {command: [sh, -c, "sleep 1000 & wait"], timeout: 100ms}}',
    problem: 'it took longer than 0.1 s',
  },
  {
    what: 'secret from outside, without a folder',
    secret: '{external: true}',
    problem: 'no folder of secrets is set',
  },
])('a $what is one problem with its line, before anything is made', async ({ secret, problem }) => {
  await using project = new TestProject({
    compose: `services:\n  web:\n    image: rootfs:/\n    secrets: [s]\nsecrets:\n  s: ${secret}\n`,
    env: { HOME: '/nonexistent', XDG_CONFIG_HOME: '' },
  })
  for (const command of [['plan'], ['up', '-d']]) {
    const { exitCode, stderr } = await project.run(command)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(problem)
    expect(stderr).toMatch(/TC6004.*\n.*compose\.yaml:4:15/)
    expect(stderr.match(/TC\d{4}/g)).toHaveLength(1)
    expect(stderr).toContain('Nothing was changed.')
  }
  expect(existsSync(join(project.state, 'data/projects'))).toBe(false)
})

test('external secrets and configs are files in the folders of the settings', async () => {
  await using project = new TestProject({
    compose: `services:
  web:
    image: rootfs:/
    init: true
    command: [sleep, "1000"]
    secrets: [s]
    configs: [c]
secrets: {s: {external: true, name: shared_token}}
configs: {c: {external: true}}
`,
    files: {
      'settings/config.json': '{"secrets": "secrets", "configs": "confs"}',
      'settings/secrets/shared_token': 'shared',
      'settings/confs/c': 'conf',
    },
  })
  const env = { TCOMPOSE_CONFIG: join(project.folder, 'settings/config.json') }
  const up = await project.run(['up', '-d'], { env })
  expect(up.exitCode, up.stderr).toBe(0)
  expect(await project.succeed('exec', '-T', 'web', 'cat', '/run/secrets/s', '/c')).toBe('sharedconf')
})
