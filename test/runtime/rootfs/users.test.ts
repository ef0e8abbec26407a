import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../src/base/absolute-path.ts'
import { LayeredTree } from '../../../src/disk/layered-tree.ts'
import { resolveUser } from '../../../src/runtime/rootfs/users.ts'
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
        hint: 'did you mean "nobody"?',
      }),
    )
    expect(() => resolveIn(files, 'nobodyy')).toThrow(
      expect.objectContaining({ hint: 'did you mean "nobody"?' }),
    )
  })

  test('names a few names where none is near', () => {
    const passwd = ['root', 'daemon', 'bin', 'sys', 'sync', 'games', 'man'].map(name => `${name}:x:1:1::/:/x`)
    expect(() => resolveIn({ passwd: passwd.join('\n') }, 'postgres')).toThrow(
      expect.objectContaining({ hint: '/etc/passwd has root, daemon, bin, sys, sync and others' }),
    )
  })

  test('takes a number for an id, also where a name of that number comes first', () => {
    const named = {
      passwd: '1000:x:0:0::/trap:/bin/sh\nreal:x:1000:1001::/home/real:/bin/sh\n',
      group: '1001:x:0:\n50:x:0:real\n',
    }
    expect(resolveIn(named, '1000')).toEqual({ uid: 1000, gid: 1001, groups: [1001, 0], home: '/home/real' })
    expect(resolveIn(named, '7:1001', ['50'])).toEqual({ uid: 7, gid: 1001, groups: [1001, 50], home: '/' })
  })

  test('follows a link of the image to another of its files, and none out of it', () => {
    using root = temporaryFolder()
    for (const folder of ['image/etc', 'image/usr', 'etc'])
      mkdirSync(join(root.path, folder), { recursive: true })
    writeFileSync(join(root.path, 'etc/passwd'), 'app:x:1:1::/outside:/bin/sh\n')
    writeFileSync(join(root.path, 'image/usr/group'), 'app:x:9:\n')
    symlinkSync('../../etc/passwd', join(root.path, 'image/etc/passwd'))
    symlinkSync('/usr/group', join(root.path, 'image/etc/group'))
    const tree = new LayeredTree([parseAbsolutePath(join(root.path, 'image'))])
    expect(() => resolveUser({ user: 'app', groupAdd: [] }, tree)).toThrow(
      expect.objectContaining({ code: 'user-not-found' }),
    )
    expect(resolveUser({ user: '5:app', groupAdd: [] }, tree)).toMatchObject({ gid: 9 })
  })

  test('treats a pipe as no account file', () => {
    using root = temporaryFolder()
    mkdirSync(join(root.path, 'etc'))
    for (const name of ['passwd', 'group']) execFileSync('mkfifo', [join(root.path, 'etc', name)])
    const tree = new LayeredTree([parseAbsolutePath(root.path)])
    expect(resolveUser({ user: '5', groupAdd: [] }, tree)).toMatchObject({ uid: 5, gid: 0 })
  })

  test('finds a user and groups at the end of large files', () => {
    const filler = (fields: string) => `filler:x:7:${fields}\n`.repeat(100_000)
    const large = {
      passwd: `${filler('7::/:')}app:x:100:101::/srv:/bin/sh`,
      group: `${filler('x,y')}app:x:101:\nl:x:9:app`,
    }
    expect(resolveIn(large, 'app')).toEqual({ uid: 100, gid: 101, groups: [101, 9], home: '/srv' })
  })

  for (const [text, reason] of [
    ['a:x:7:7::/:\n'.repeat(1_500_000), 'it is larger than 16 MiB'],
    ['a'.repeat(2_000_000), 'a line of it is longer than 1 MiB'],
  ] as const) {
    test(`stops reading an account file when ${reason}`, () => {
      expect(() => resolveIn({ passwd: text }, 'app')).toThrow(
        expect.objectContaining({
          code: 'image-invalid',
          message: `Cannot read /etc/passwd of the image: ${reason}`,
        }),
      )
    })
  }

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
