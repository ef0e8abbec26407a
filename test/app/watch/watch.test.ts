import { expect, test } from 'vitest'
import { containerIdOf } from '../../support/apply-plan.ts'
import { anObservedContainer } from '../../support/observed-container.ts'
import { type WatchSceneOptions, watchScene } from '../../support/watch-scene.ts'

const exited = { kind: 'exited', exitCode: 1, finishedAt: 0, outOfMemory: false } as const

function web(changes: Parameters<typeof anObservedContainer>[1] = {}) {
  return anObservedContainer('web', { name: 'web-1', ...changes })
}

function withRules(rules: string, more = ''): WatchSceneOptions['project'] {
  const text = `services:\n  web:\n    image: app\n    develop:\n      watch:\n${rules}${more}`
  return { files: { 'compose.yaml': text } }
}

const SYNC = '        - {path: src, action: sync, target: /app/src}\n'
const INITIAL = '        - {path: src, action: sync, target: /app/src, initial_sync: true}\n'

test('watch() copies what a rule is about to each container of its service', async () => {
  const { mirrored, events } = await watchScene({
    project: withRules(SYNC, '  db: {image: db}\n'),
    containers: [
      web(),
      web({ name: 'web-2', number: 2, id: containerIdOf(70) }),
      anObservedContainer('db', { name: 'db-1' }),
    ],
    bursts: [['/project/src/a', '/project/else']],
  })
  expect(mirrored).toEqual([
    'changed web-1: /project/src/a > /app/src/a',
    'changed web-2: /project/src/a > /app/src/a',
  ])
  expect(events).toContainEqual({ kind: 'syncing', service: 'web', changes: 1 })
})

test('watch() copies the parts of a burst as they come, and tells of them once', async () => {
  const { mirrored, events } = await watchScene({
    project: withRules(SYNC),
    containers: [web()],
    bursts: [['/project/src/a', '/project/src/b'], ['/project/else'], ['/project/src/b', '/project/src/c']],
    isOneBurst: true,
  })
  expect(mirrored.map(line => line.slice(-1))).toEqual(['a', 'b', 'b', 'c'])
  expect(events.map(({ kind }) => kind)).toEqual(['enabled', 'syncing', 'disabled'])
  expect(events).toContainEqual({ kind: 'syncing', service: 'web', changes: 3 })
})

test('watch() of a container that is new to it copies what initial_sync names, but for what describes the project', async () => {
  const { mirrored } = await watchScene({
    project: withRules(INITIAL),
    containers: [web()],
    paths: ['/project/src', '/project/src/Dockerfile', '/project/src/a', '/project/src/compose.yaml'],
  })
  expect(mirrored).toEqual([
    'compared web-1: /project/src > /app/src',
    'compared web-1: /project/src/a > /app/src/a',
    'assumed web-1: /project/src/Dockerfile > /app/src/Dockerfile',
    'assumed web-1: /project/src/compose.yaml > /app/src/compose.yaml',
  ])
})

test('watch() starts what has ended with what it had missed', async () => {
  const { runs } = await watchScene({
    project: withRules(INITIAL.replace('sync,', 'sync+restart,')),
    containers: [web({ state: exited })],
    paths: ['/project/src', '/project/src/a'],
  })
  expect(runs).toEqual(['restart'])
})

test('watch() starts once more what ends before it can have seen what it began with', async () => {
  let looks = 0
  const { runs } = await watchScene({
    project: withRules(INITIAL.replace('sync,', 'sync+restart,')),
    containers: [web()],
    onLook: () => {
      looks += 1
      return looks === 1 ? [web()] : [web({ state: exited })]
    },
    paths: ['/project/src', '/project/src/a'],
    bursts: [[], []],
  })
  expect(runs).toEqual(['restart'])
})

test('watch() without initial_sync takes a new container for what the files are', async () => {
  const { mirrored } = await watchScene({
    project: withRules(SYNC),
    containers: [web()],
    paths: ['/project/src', '/project/src/a'],
  })
  expect(mirrored).toEqual([
    'assumed web-1: /project/src > /app/src',
    'assumed web-1: /project/src/a > /app/src/a',
  ])
})

test('watch() catches up with a container that an earlier session left, with what is gone and with its actions', async () => {
  const { mirrored, runs } = await watchScene({
    project: withRules(SYNC.replace('sync,', 'sync+restart,')),
    containers: [web()],
    paths: ['/project/src', '/project/src/a'],
    before: new Map([['web-1', ['src/gone', 'other/ignored']]]),
  })
  expect(mirrored).toEqual([
    'changed web-1: /project/src > /app/src',
    'changed web-1: /project/src/a > /app/src/a',
    'changed web-1: /project/src/gone > /app/src/gone',
  ])
  expect(runs).toEqual(['restart'])
})

test('watch() does what else rules want once for a burst, and rebuilds what it does not restart too', async () => {
  const rules = [
    '        - {path: src, action: sync+restart, target: /app}',
    '        - {path: conf, action: restart}',
    '        - {path: package.json, action: rebuild}',
  ].join('\n')
  const api =
    '\n  api: {build: ., develop: {watch: [{path: conf, action: rebuild}, {path: src, action: restart}]}}\n'
  const { events, runs } = await watchScene({
    project: {
      files: {
        'compose.yaml': withRules(rules, api).files['compose.yaml']?.replace('image: app', 'build: .') ?? '',
      },
    },
    containers: [web()],
    bursts: [
      ['/project/src/a', '/project/conf/x', '/project/conf/y', '/project/package.json'],
      ['/project/src/b'],
    ],
  })
  expect(runs).toEqual(['up', 'restart'])
  expect(events.map(({ kind }) => kind)).toEqual([
    'enabled',
    'syncing',
    'rebuilding',
    'rebuilt',
    'syncing',
    'restarted',
    'disabled',
  ])
  expect(events).toContainEqual({ kind: 'rebuilding', services: ['api', 'web'] })
  expect(events).toContainEqual({ kind: 'restarted', services: ['api', 'web'] })
})

test('watch() copies what a session has copied to the container that a rebuild makes', async () => {
  const rules = `${SYNC}        - {path: Dockerfile, action: rebuild}\n`
  const text = withRules(rules).files['compose.yaml']?.replace('image: app', 'build: .') ?? ''
  const { mirrored } = await watchScene({
    project: { files: { 'compose.yaml': text } },
    containers: [web()],
    afterRun: [web({ id: containerIdOf(71), name: 'web-new' })],
    bursts: [['/project/src/a'], ['/project/Dockerfile']],
  })
  expect(mirrored).toEqual([
    'changed web-1: /project/src/a > /app/src/a',
    'compared web-new: /project/src/a > /app/src/a',
  ])
})

test('watch() runs the command of a rule in the containers that run', async () => {
  const { commands, events } = await watchScene({
    project: withRules(
      '        - {path: src, action: sync+exec, target: /app, exec: {command: [reload], user: me, environment: [A=1]}}\n',
    ),
    containers: [web(), web({ name: 'web-2', id: containerIdOf(70), state: exited })],
    bursts: [['/project/src/a', '/project/src/b']],
  })
  expect(commands).toEqual([expect.objectContaining({ argv: ['reload'], user: 'me', environment: ['A=1'] })])
  expect(events).toContainEqual({ kind: 'executed', name: 'web-1', argv: ['reload'], exitCode: 0 })
})

test.for([
  ['services: {web: {image: app}}', 'no service has'],
  ['services: {web: {image: app, develop: {watch: [{path: a, action: rebuild}]}}}', 'no "build"'],
  [
    'services: {web: {image: app, develop: {watch: [{path: a, action: sync+exec, target: /a}]}}}',
    'no "exec"',
  ],
  [
    'services: {web: {image: app, develop: {watch: [{path: a, action: restart, ignore: ["[a"]}]}}}',
    'malformed pattern "[a"',
  ],
] as const)('watch() refuses %s', async ([text, message]) => {
  const { result, events } = await watchScene({ project: { files: { 'compose.yaml': text } } })
  expect(result).toMatchObject({
    kind: 'invalid',
    diagnostics: [{ message: expect.stringContaining(message) }],
  })
  expect(events).toEqual([])
})

test('watch() says which path is mounted in the container and does not copy it', async () => {
  const text = withRules(SYNC).files['compose.yaml']?.replace(
    'image: app',
    'image: app\n    volumes: [".:/data"]',
  )
  const { events, mirrored } = await watchScene({
    project: { files: { 'compose.yaml': text ?? '' } },
    containers: [web()],
    bursts: [['/project/src/a']],
  })
  expect(events).toContainEqual({ kind: 'mounted', service: 'web', path: '/project/src' })
  expect(mirrored).toEqual([])
})

test('watch() watches what the named services depend on, and nothing else', async () => {
  const rule = '{watch: [{path: a, action: restart}]}'
  const text = `services:
  web: {image: app, depends_on: [db], develop: ${rule}}
  db: {image: app, develop: ${rule}}
  other: {image: app, develop: ${rule}}
`
  const { events } = await watchScene({
    project: { files: { 'compose.yaml': text } },
    options: { services: ['web'] },
  })
  expect(events[0]).toEqual({ kind: 'enabled', services: ['web', 'db'] })
})

test('watch() ignores what the build of a service ignores', async () => {
  const text = withRules(SYNC).files['compose.yaml']?.replace('image: app', 'build: .') ?? ''
  const { mirrored } = await watchScene({
    project: { files: { 'compose.yaml': text, '.dockerignore': 'src/secret\n' } },
    containers: [web()],
    bursts: [['/project/src/a', '/project/src/secret/key']],
  })
  expect(mirrored).toEqual(['changed web-1: /project/src/a > /app/src/a'])
})

test('watch() takes an edit of the file up that comes between reading it and watching it, and goes on', async () => {
  const files: Record<string, string> = { ...withRules(SYNC).files }
  const valid = files['compose.yaml'] ?? ''
  const edits = [valid.replace('image:', 'imgae:')]
  const { events, mirrored } = await watchScene({
    project: { files },
    containers: [web()],
    bursts: [['/project/src/a']],
    onWatch: () => {
      files['compose.yaml'] = edits.shift() ?? files['compose.yaml'] ?? valid
    },
  })
  const kinds = events.map(({ kind }) => kind)
  expect(kinds.filter(kind => kind === 'file-invalid' || kind === 'enabled')).toEqual([
    'file-invalid',
    'enabled',
  ])
  expect(mirrored).toEqual(['changed web-1: /project/src/a > /app/src/a'])
})
