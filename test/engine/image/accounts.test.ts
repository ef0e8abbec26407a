import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../src/base/absolute-path.ts'
import { resolveUser } from '../../../src/engine/image/accounts.ts'
import { LayeredTree } from '../../../src/engine/image/layered-tree.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const PASSWD =
  'root:x:0:0:root:/root:/bin/sh\n# comment\nbroken\napp:x:100:101:App:/srv:/bin/sh\nnobody:x:65534:65534::/:\n'
const GROUP = 'root:x:0:\nwheel:x:10:root,app\napp:x:101:\nvideo:x:44:app\n'

function resolveIn(files: Readonly<Record<string, string>>, user: string, groupAdd: readonly string[] = []) {
  using root = temporaryFolder()
  mkdirSync(join(root.path, 'etc'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root.path, 'etc', name), text)
  return resolveUser({ user, groupAdd }, new LayeredTree([parseAbsolutePath(root.path)]))
}

describe('resolveUser()', () => {
  const files = { passwd: PASSWD, group: GROUP }
  const cases: ReadonlyArray<readonly [string, object]> = [
    ['', { uid: 0, gid: 0, groups: [0, 10], home: '/root' }],
    ['root', { uid: 0, gid: 0, groups: [0, 10], home: '/root' }],
    ['app', { uid: 100, gid: 101, groups: [101, 10, 44], home: '/srv' }],
    ['100', { uid: 100, gid: 101, groups: [101, 10, 44], home: '/srv' }],
    ['app:video', { uid: 100, gid: 44, groups: [44], home: '/srv' }],
    ['app:7', { uid: 100, gid: 7, groups: [7], home: '/srv' }],
    ['1234', { uid: 1234, gid: 0, groups: [0], home: '/' }],
    ['1234:app', { uid: 1234, gid: 101, groups: [101], home: '/' }],
    [':app', { uid: 0, gid: 101, groups: [101], home: '/root' }],
  ]
  for (const [user, expected] of cases) {
    test(`reads ${JSON.stringify(user)} as Docker does`, () =>
      expect(resolveIn(files, user)).toEqual(expected))
  }

  test('adds the groups of group_add by name and number', () => {
    expect(resolveIn(files, '5', ['video', '77', '0'])).toMatchObject({ groups: [0, 44, 77] })
  })

  test('does without account files for numbers', () => {
    expect(resolveIn({}, '5:6')).toEqual({ uid: 5, gid: 6, groups: [6], home: '/' })
  })

  test('names near names for a user that is not there', () => {
    expect(() => resolveIn(files, 'nobdy')).toThrow(
      expect.objectContaining({
        code: 'user-not-found',
        hint: expect.stringMatching(/^\/etc\/passwd has nobody, /),
      }),
    )
  })

  for (const [user, groupAdd] of [
    ['app:nogroup', []],
    ['app', ['nogroup']],
    ['4294967296', []],
    ['-1', []],
  ] as const) {
    test(`rejects user ${user} with groups ${groupAdd.join()}`, () => {
      expect(() => resolveIn(files, user, groupAdd)).toThrow(
        expect.objectContaining({ code: 'user-not-found' }),
      )
    })
  }
})
