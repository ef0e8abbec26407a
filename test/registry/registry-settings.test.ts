import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRegistrySettings } from '../../src/registry/registry-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('readRegistrySettings() reads the file that TCOMPOSE_REGISTRIES names before that of the user', () => {
  using root = temporaryFolder()
  mkdirSync(join(root.path, 'tcompose'))
  writeFileSync(join(root.path, 'tcompose/registries.json'), '{"registries":{"user.test":{"insecure":true}}}')
  writeFileSync(join(root.path, 'own.json'), '{"registries":{"a.test":{"mirrors":["m.test"],"ca":"/x"}}}')
  const user = { XDG_CONFIG_HOME: root.path }
  expect([...readRegistrySettings(user)]).toEqual([
    ['user.test', { mirrors: [], insecure: true, ca: undefined }],
  ])
  const named = { ...user, TCOMPOSE_REGISTRIES: join(root.path, 'own.json') }
  expect([...readRegistrySettings(named)]).toEqual([
    ['a.test', { mirrors: ['m.test'], insecure: false, ca: '/x' }],
  ])
  expect(readRegistrySettings({ XDG_CONFIG_HOME: join(root.path, 'none') }).size).toBe(0)
})

const broken: ReadonlyArray<{ readonly text: string; readonly says: string }> = [
  { text: '{', says: 'in JSON at position 1 (line 1 column 2)' },
  { text: '{"registries":[]}', says: 'expected an object' },
  { text: '{"registries":{"a.test":true}}', says: 'what it says of a.test is not an object' },
  { text: '{"registries":{"a.test":{"insecur":true}}}', says: '"insecur" of a.test' },
  { text: '{"registries":{"a.test":{"insecure":"yes"}}}', says: 'expected true or false' },
]
for (const { text, says } of broken) {
  test(`readRegistrySettings() refuses ${text}`, () => {
    using root = temporaryFolder()
    const path = join(root.path, 'r.json')
    writeFileSync(path, text)
    const read = () => readRegistrySettings({ TCOMPOSE_REGISTRIES: path })
    expect(read).toThrow(expect.objectContaining({ code: 'registry-settings' }))
    expect(read).toThrow(says)
  })
}

test('readRegistrySettings() says that the file that is named is missing', () => {
  expect(() => readRegistrySettings({ TCOMPOSE_REGISTRIES: '/nonexistent.json' })).toThrow(
    'it does not exist',
  )
})
