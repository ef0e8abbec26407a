import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readExternalFolders } from '../../src/local/external-folders.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('readExternalFolders() takes the file of the variable, with folders relative to it', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'own.json')
  writeFileSync(path, '{"secrets": "s", "configs": "/c"}')
  expect(readExternalFolders(new Map([['TCOMPOSE_CONFIG', path]]))).toEqual({
    kind: 'found',
    folders: { secret: join(folder.path, 's'), config: '/c' },
    models: new Map(),
    settings: path,
  })
})

test("readExternalFolders() takes the user's file otherwise", () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, '.config/tcompose'), { recursive: true })
  const path = join(folder.path, '.config/tcompose/config.json')
  writeFileSync(path, '{"secrets": "/s"}')
  expect(readExternalFolders(new Map([['HOME', folder.path]]))).toEqual({
    kind: 'found',
    folders: { secret: '/s', config: undefined },
    models: new Map(),
    settings: path,
  })
})

test.for<readonly [string, string]>([
  ['{', 'cannot be read'],
  ['[]', 'its text is not a JSON object'],
  ['{"secret": "/s"}', 'it has the key "secret", expected secrets, configs or models'],
  ['{"models": 1}', 'its "models" is not an object'],
  ['{"models": {"a": "b"}}', 'its model "a" has no URL'],
  ['{"models": {"a": {"endpoint": "http://a", "name": 1}}}', 'the name of its model "a" is no text'],
  ['{"secrets": 1}', 'its "secrets" is not the path of a folder'],
])('readExternalFolders() says what is wrong with %s', ([text, reason]) => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'config.json')
  writeFileSync(path, text)
  const found = readExternalFolders(new Map([['TCOMPOSE_CONFIG', path]]))
  expect(found.kind === 'unfit' && found.reason).toContain(reason)
})

test('readExternalFolders() misses the file that the variable names', () => {
  expect(readExternalFolders(new Map([['TCOMPOSE_CONFIG', '/nonexistent.json']]))).toEqual({
    kind: 'unfit',
    reason: 'the file /nonexistent.json, which TCOMPOSE_CONFIG names, does not exist',
  })
})
