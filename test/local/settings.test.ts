import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/local/settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('readSettings() takes the file of the variable, with folders relative to it', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'own.json')
  writeFileSync(path, '{"secrets": "s", "configs": "/c"}')
  expect(readSettings(new Map([['TCOMPOSE_CONFIG', path]]))).toEqual({
    kind: 'found',
    folders: { secret: join(folder.path, 's'), config: '/c' },
    models: new Map(),
    runtimes: new Map(),
    publishDefault: undefined,
    file: path,
  })
})

test("readSettings() takes the user's file otherwise", () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, '.config/tcompose'), { recursive: true })
  const path = join(folder.path, '.config/tcompose/config.json')
  writeFileSync(path, '{"secrets": "/s"}')
  expect(readSettings(new Map([['HOME', folder.path]]))).toEqual({
    kind: 'found',
    folders: { secret: '/s', config: undefined },
    models: new Map(),
    runtimes: new Map(),
    publishDefault: undefined,
    file: path,
  })
})

test.for<readonly [string, string]>([
  ['{', 'cannot be read'],
  ['[]', 'its text is not a JSON object'],
  [
    '{"secret": "/s"}',
    'it has the key "secret", expected secrets, configs, models, runtimes or publish_default',
  ],
  ['{"secrets": 1}', 'its "secrets" is not the path of a folder'],
  ['{"models": 1}', 'its "models" is not an object'],
  ['{"models": {"a": "b"}}', 'its model "a" has no URL'],
  ['{"models": {"a": {"endpoint": "http://a", "name": 1}}}', 'the name of its model "a" is no text'],
  ['{"publish_default": "localhost"}', 'its "publish_default" is not an IP address'],
  ['{"runtimes": []}', 'its "runtimes" is not an object'],
  ['{"runtimes": {"r": {}}}', 'its runtime "r" has no "path" of a program'],
  ['{"runtimes": {"r": {"path": "/r", "flags": []}}}', 'its runtime "r" has the key "flags"'],
  ['{"runtimes": {"r": {"path": "/r", "args": [1]}}}', 'its runtime "r" has "args" that are not a list'],
])('readSettings() says what is wrong with %s', ([text, reason]) => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'config.json')
  writeFileSync(path, text)
  const found = readSettings(new Map([['TCOMPOSE_CONFIG', path]]))
  expect(found.kind === 'unfit' && found.reason).toContain(reason)
})

test('readSettings() misses the file that the variable names', () => {
  expect(readSettings(new Map([['TCOMPOSE_CONFIG', '/nonexistent.json']]))).toEqual({
    kind: 'unfit',
    reason: 'the file /nonexistent.json, which TCOMPOSE_CONFIG names, does not exist',
  })
})

test('readSettings() takes runtimes with their arguments, their programs relative to the file', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'config.json')
  writeFileSync(path, '{"runtimes": {"a": {"path": "bin/crun", "args": ["--debug"]}, "b": {"path": "/b"}}}')
  const found = readSettings(new Map([['TCOMPOSE_CONFIG', path]]))
  expect(found.kind === 'found' && [...found.runtimes]).toEqual([
    ['a', { path: join(folder.path, 'bin/crun'), args: ['--debug'] }],
    ['b', { path: '/b', args: [] }],
  ])
})
