import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordingPorts } from '../../src/app/load/load-inputs.ts'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { loadMemo } from '../../src/local/load-memo.ts'
import { originOf } from '../../src/model/project.ts'
import { loadProject } from '../../src/parser/load-project.ts'
import type { FileText, LoadPorts, LoadRequest } from '../../src/parser/load-request.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const COMPOSE = `services:
  web:
    image: rootfs:/
    command: [sleep, "\${SECONDS:-600}"]
    env_file: [{ path: web.env, required: false }]
    environment: { TOKEN: , GONE: }
    labels: { home: "$HOME" }
    mem_limit: 64m
  built:
    build:
      dockerfile_inline: |
        FROM a
        $LINES
        RUN b
      args: { HOME: }
      secrets: [token]
      ulimits: { nofile: 5 }
secrets:
  token: { environment: TOKEN }
x-tcompose: { rebuild: changed }
`

const FILES: Readonly<Record<string, string>> = {
  '/shop/compose.yaml': COMPOSE,
  '/shop/.env': 'SECONDS=5\nUNUSED=hidden\n',
}

const VARIABLES: Readonly<Record<string, string>> = {
  HOME: '/root',
  LINES: 'RUN c\nRUN d',
  TOKEN: 'secret-token',
  TERM: 'xterm',
}

const REQUEST: LoadRequest = {
  files: undefined,
  projectDirectory: undefined,
  projectName: undefined,
  profiles: undefined,
  envFiles: undefined,
  workingDirectory: parseAbsolutePath('/shop'),
}

function portsOf(
  files: Readonly<Record<string, string>> = FILES,
  variables: Readonly<Record<string, string>> = VARIABLES,
): LoadPorts {
  const texts = new Map(Object.entries(files))
  return {
    files: {
      readText: (path): FileText => {
        const text = texts.get(path)
        return text === undefined ? { kind: 'missing' } : { kind: 'text', text }
      },
      exists: path => texts.has(path),
    },
    environment: new Map(Object.entries(variables)),
  }
}

/** Loads with the parser and lets `folder` remember it. */
function remembered(folder: string, ports = portsOf(), request = REQUEST) {
  const memo = loadMemo({ folder, build: 'one' })
  const recording = recordingPorts(ports)
  const loaded = loadProject(request, recording)
  memo.remember(request, loaded, recording)
  return { memo, loaded }
}

function without(values: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name))
}

test('recall() gives the project that the parser gave, and its places', () => {
  using folder = temporaryFolder()
  const { memo, loaded } = remembered(folder.path)
  const recalled = memo.recall(REQUEST, portsOf())
  expect(recalled?.diagnostics).toEqual(loaded.diagnostics)
  const { origins, ...project } = recalled?.value ?? { origins: new Map() }
  const { origins: expectedOrigins, ...expected } = loaded.value ?? { origins: new Map() }
  expect(project).toEqual(expected)
  expect([...expectedOrigins].length).toBeGreaterThan(5)
  for (const [path, span] of expectedOrigins) expect(originOf(origins, path)).toEqual(span)
})

test('recall() does not mind a variable that the load did not ask for', () => {
  using folder = temporaryFolder()
  const { memo } = remembered(folder.path)
  expect(
    memo.recall(REQUEST, portsOf(FILES, { ...VARIABLES, TERM: 'dumb', SSH_TTY: '/dev/pts/1' })),
  ).toBeDefined()
})

test('recall() has nothing of a memo with a flipped bit, and no places of its own making', () => {
  using folder = temporaryFolder()
  const { memo } = remembered(folder.path)
  const path = join(folder.path, readdirSync(folder.path)[0] ?? '')
  const whole = readFileSync(path)
  const headLength = whole.indexOf('\n')
  for (let part = 0; part < 50; part += 1) {
    const at = Math.floor((whole.length * part) / 50)
    const flipped = Buffer.from(whole)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    writeFileSync(path, flipped)
    const recalled = memo.recall(REQUEST, portsOf())
    if (at <= headLength) expect(recalled, `byte ${at}`).toBeUndefined()
    else expect(originOf(recalled?.value?.origins ?? new Map(), 'services.web.image')).toBeUndefined()
  }
})

const misses: ReadonlyArray<{
  readonly change: string
  readonly ports?: LoadPorts
  readonly request?: Partial<LoadRequest>
}> = [
  {
    change: "the file's text",
    ports: portsOf({ ...FILES, '/shop/compose.yaml': COMPOSE.replace('64m', '65m') }),
  },
  {
    change: "the file's text, by a comment",
    ports: portsOf({ ...FILES, '/shop/compose.yaml': `${COMPOSE}#\n` }),
  },
  { change: 'the .env file', ports: portsOf({ ...FILES, '/shop/.env': 'SECONDS=6\n' }) },
  { change: 'the .env file, which is gone', ports: portsOf(without(FILES, '/shop/.env')) },
  { change: 'an env_file that appears', ports: portsOf({ ...FILES, '/shop/web.env': 'A=1\n' }) },
  {
    change: 'an override that appears',
    ports: portsOf({ ...FILES, '/shop/compose.override.yaml': 'services: {}' }),
  },
  {
    change: 'another default name that appears',
    ports: portsOf({ ...FILES, '/shop/docker-compose.yml': '' }),
  },
  { change: 'the file, which is gone', ports: portsOf(without(FILES, '/shop/compose.yaml')) },
  { change: 'a variable that is used', ports: portsOf(FILES, { ...VARIABLES, HOME: '/home/x' }) },
  { change: 'a variable that is passed on', ports: portsOf(FILES, { ...VARIABLES, TOKEN: 'other' }) },
  { change: 'a variable that is unset', ports: portsOf(FILES, without(VARIABLES, 'TOKEN')) },
  { change: 'a variable that becomes empty', ports: portsOf(FILES, { ...VARIABLES, TOKEN: '' }) },
  { change: 'a variable that appears', ports: portsOf(FILES, { ...VARIABLES, GONE: 'back' }) },
  { change: 'a variable over .env', ports: portsOf(FILES, { ...VARIABLES, SECONDS: '5' }) },
  { change: 'COMPOSE_PROFILES', ports: portsOf(FILES, { ...VARIABLES, COMPOSE_PROFILES: 'all' }) },
  { change: 'COMPOSE_PROJECT_NAME', ports: portsOf(FILES, { ...VARIABLES, COMPOSE_PROJECT_NAME: 'x' }) },
  { change: 'the requested name', request: { projectName: 'other' } },
  { change: 'the requested profiles', request: { profiles: ['debug'] } },
  { change: 'the requested services', request: { services: ['web'] } },
  { change: 'the requested files', request: { files: ['compose.yaml'] } },
  { change: 'the requested env files', request: { envFiles: ['.env'] } },
  { change: 'the requested folder', request: { projectDirectory: '.' } },
  { change: 'the leniency', request: { allowUnsupported: true } },
  { change: 'the working directory', request: { workingDirectory: parseAbsolutePath('/shop/below') } },
]
for (const { change, ports = portsOf(), request = {} } of misses) {
  test(`recall() gives nothing after a change of ${change}`, () => {
    using folder = temporaryFolder()
    const { memo } = remembered(folder.path)
    expect(memo.recall(REQUEST, portsOf())).toBeDefined()
    expect(memo.recall({ ...REQUEST, ...request }, ports)).toBeUndefined()
  })
}

test('recall() minds every variable if the load has listed them', () => {
  using folder = temporaryFolder()
  const recording = recordingPorts(portsOf())
  const loaded = loadProject(REQUEST, recording)
  expect([...recording.environment.keys()]).toEqual(Object.keys(VARIABLES))
  const memo = loadMemo({ folder: folder.path, build: 'one' })
  memo.remember(REQUEST, loaded, recording)
  expect(memo.recall(REQUEST, portsOf())).toBeDefined()
  expect(memo.recall(REQUEST, portsOf(FILES, { ...VARIABLES, TERM: 'dumb' }))).toBeUndefined()
})

test('recall() gives nothing to another build', () => {
  using folder = temporaryFolder()
  remembered(folder.path)
  expect(loadMemo({ folder: folder.path, build: 'two' }).recall(REQUEST, portsOf())).toBeUndefined()
})

test('remember() keeps neither a load with errors nor one of standard input', () => {
  using folder = temporaryFolder()
  remembered(folder.path, portsOf({ '/shop/compose.yaml': 'services: { web: { imag: x } }' }))
  remembered(folder.path, portsOf({ ...FILES, '-': COMPOSE }), { ...REQUEST, files: ['-'] })
  expect(readdirSync(folder.path)).toEqual([])
})

test('remember() keeps nothing of a load under which a file changed', () => {
  using folder = temporaryFolder()
  const recording = recordingPorts({
    ...portsOf(),
    files: { readText: () => ({ kind: 'text', text: String(Math.random()) }), exists: () => true },
  })
  recording.files.readText('/shop/.env')
  recording.files.readText('/shop/.env')
  loadMemo({ folder: folder.path, build: 'one' }).remember(
    REQUEST,
    loadProject(REQUEST, portsOf()),
    recording,
  )
  expect(readdirSync(folder.path)).toEqual([])
})

test('remember() writes for the owner alone, and no value that the project does not hold', () => {
  using folder = temporaryFolder()
  remembered(folder.path)
  const [name = ''] = readdirSync(folder.path)
  const path = join(folder.path, name)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8')).not.toContain('hidden')
})

const damages: ReadonlyArray<{ readonly what: string; readonly damage: (path: string) => void }> = [
  { what: 'is cut short', damage: path => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100)) },
  { what: 'is empty', damage: path => writeFileSync(path, '') },
  { what: 'holds something else', damage: path => writeFileSync(path, '{"inputs":[]}\n') },
  { what: 'others may read', damage: path => chmodSync(path, 0o644) },
]
for (const { what, damage } of damages) {
  test(`recall() gives nothing from a memo that ${what}`, () => {
    using folder = temporaryFolder()
    const { memo } = remembered(folder.path)
    const [name = ''] = readdirSync(folder.path)
    damage(join(folder.path, name))
    expect(memo.recall(REQUEST, portsOf())).toBeUndefined()
  })
}

test('recall() knows no places where they are damaged, and the project all the same', () => {
  using folder = temporaryFolder()
  const { memo } = remembered(folder.path)
  const path = join(folder.path, readdirSync(folder.path)[0] ?? '')
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]}\n[[[`)
  const recalled = memo.recall(REQUEST, portsOf())?.value
  expect(recalled?.origins.get('services.web')).toBeUndefined()
  expect(recalled?.services.has('web')).toBe(true)
})

test('remember() says nothing where it cannot write', () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'file'), '')
  const { memo } = remembered(join(folder.path, 'file/loads'))
  expect(memo.recall(REQUEST, portsOf())).toBeUndefined()
})

test('remember() keeps the newest 64', () => {
  using folder = temporaryFolder()
  const loads = join(folder.path, 'loads')
  mkdirSync(loads)
  for (let age = 1; age <= 70; age += 1) {
    const path = join(loads, `old-${age}`)
    writeFileSync(path, '')
    utimesSync(path, Date.now() / 1000 - age, Date.now() / 1000 - age)
  }
  const { memo } = remembered(loads)
  expect(readdirSync(loads)).toHaveLength(64)
  expect(readdirSync(loads)).not.toContain('old-64')
  expect(memo.recall(REQUEST, portsOf())).toBeDefined()
})

const WITH_CONTENTS = `services: { web: { image: "rootfs:/", configs: [line, block, mixed, whole] } }
configs:
  line: { content: "one hidden line" }
  block:
    content: |
      first hidden line

        second
  mixed: { content: "token=$TOKEN" }
  whole: { content: $TOKEN }
`

test('loadMemo() keeps no content of configs and secrets, and returns what stands in the answers', () => {
  using folder = temporaryFolder()
  const ports = portsOf({ '/shop/compose.yaml': WITH_CONTENTS })
  const { memo } = remembered(folder.path, ports)
  const [name = ''] = readdirSync(folder.path)
  const kept = readFileSync(join(folder.path, name), 'utf8')
  expect(kept).not.toMatch(/hidden|second|secret-token/)
  const contents = (memo.recall(REQUEST, ports)?.value?.services.get('web')?.files ?? []).map(
    ({ key, source }) => (source.kind === 'inline' ? [key, source.content] : [key, source.kind]),
  )
  expect(contents).toEqual([
    ['line', 'one hidden line'],
    ['block', 'first hidden line\n\n  second\n'],
    ['mixed', undefined],
    ['whole', 'secret-token'],
  ])
})
