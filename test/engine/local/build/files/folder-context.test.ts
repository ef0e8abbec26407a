import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants, lstatSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../../src/base/absolute-path.ts'
import { makeNode, setXattr } from '../../../../../src/disk/inode.ts'
import { findIgnoreFile } from '../../../../../src/engine/local/build/files/find-ignore-file.ts'
import { findSource } from '../../../../../src/engine/local/build/files/find-source.ts'
import { openFolderContext } from '../../../../../src/engine/local/build/files/folder-context.ts'
import { StatMemo } from '../../../../../src/engine/local/build/files/stat-memo.ts'
import { listTree, type Things, writeThings } from '../../../../support/copy-scene.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

/** cap_net_bind_service, as the kernel keeps it. */
const CAPABILITY = Buffer.from('0100000200040000000000000000000000000000', 'hex')

function contextIn(
  root: string,
  { dockerfile, openedAt }: { readonly dockerfile?: string | undefined; readonly openedAt?: number } = {},
) {
  const folder = parseAbsolutePath(join(root, 'context'))
  return openFolderContext({
    folder,
    ignoreFile: findIgnoreFile(folder, dockerfile),
    memo: join(root, 'memos', 'memo'),
    ...(openedAt !== undefined && { openedAt }),
  })
}

/** Lists the paths that a context of `things` has. */
function pathsOf(things: Things, dockerfile?: string): readonly string[] {
  using root = temporaryFolder()
  writeThings(join(root.path, 'context'), things)
  const path = dockerfile === undefined ? undefined : join(root.path, 'context', dockerfile)
  return Object.keys(listTree(contextIn(root.path, { dockerfile: path })))
}

describe('openFolderContext()', () => {
  test('gives all to root, and keeps modes, links, FIFOs and sockets, but no extended attributes', () => {
    using root = temporaryFolder()
    const folder = join(root.path, 'context')
    writeThings(folder, {
      own: { text: 'x', mode: 0o4750, uid: 5, gid: 6 },
      d: { mode: 0o2711, uid: 5 },
      'd/one': '1',
      'd/two': { hardLink: 'd/one' },
      link: { link: '../out' },
    })
    execFileSync('mkfifo', ['-m', '600', join(folder, 'fifo')])
    makeNode(join(folder, 'socket'), { mode: constants.S_IFSOCK | 0o640, major: 0, minor: 0 })
    setXattr(join(folder, 'd/one'), 'user.note', Buffer.from('hi'))
    setXattr(join(folder, 'own'), 'security.capability', CAPABILITY)
    setXattr(join(folder, 'd'), 'user.note', Buffer.from('hi'))
    expect(listTree(contextIn(root.path))).toEqual({
      '/d': 'folder 2711 0:0',
      '/d/one': 'file 644 0:0 1',
      '/d/two': 'file 644 0:0 1 = /d/one',
      '/fifo': 'fifo 600 0:0',
      '/link': 'link 0:0 ../out',
      '/own': 'file 4750 0:0 1',
      '/socket': 'socket 640 0:0',
    })
  })

  test('leaves out what its ignore file says, but for exceptions and the folders on the way to them', () => {
    const things: Things = {
      '.dockerignore': 'all\n!all/in/this\n**/*.log\nempty/*\n',
      'all/in/this': '',
      'all/in/that': '',
      'all/x': '',
      'a.log': '',
      'd/b.log': '',
      'd/c': '',
      'empty/x': '',
    }
    expect(pathsOf(things)).toEqual([
      '/.dockerignore',
      '/all',
      '/all/in',
      '/all/in/this',
      '/d',
      '/d/c',
      '/empty',
    ])
  })

  test('keeps the mode of a folder that an exception lets back in', () => {
    using root = temporaryFolder()
    writeThings(join(root.path, 'context'), { '.dockerignore': '*\n!d/f', 'd/f': '', d: { mode: 0o711 } })
    expect(listTree(contextIn(root.path))).toMatchObject({ '/d': 'folder 711 0:0' })
  })

  test('prefers the ignore file of the Dockerfile', () => {
    const things: Things = {
      '.dockerignore': 'a',
      'sub/Dockerfile.dockerignore': 'b\nsub\n.dockerignore\n',
      a: '',
      b: '',
    }
    expect(pathsOf(things, 'sub/Dockerfile')).toEqual(['/a'])
    expect(pathsOf(things, 'Dockerfile')).toEqual([
      '/.dockerignore',
      '/b',
      '/sub',
      '/sub/Dockerfile.dockerignore',
    ])
  })

  test('follows links within the context only', () => {
    using root = temporaryFolder()
    writeThings(root.path, {
      secret: 's',
      'context/d/f': 'f',
      'context/in': { link: 'd' },
      'context/abs': { link: '/d/f' },
      'context/up': { link: '../../d/f' },
      'context/out': { link: '../secret' },
      'context/loop': { link: 'loop' },
    })
    symlinkSync(join(root.path, 'secret'), join(root.path, 'context/host'))
    const tree = contextIn(root.path)
    const found = ['in/f', 'abs', 'up', '/../d/f', 'out', 'host', 'loop', 'd/f/x', 'in'].map(
      path => findSource(tree, path)?.path,
    )
    expect(found).toEqual(['d/f', 'd/f', 'd/f', 'd/f', undefined, undefined, undefined, undefined, 'd'])
  })

  test('says where an ignore file leaves something out', () => {
    using root = temporaryFolder()
    writeThings(join(root.path, 'context'), { '.dockerignore': '*.log', 'a.log': '' })
    const tree = contextIn(root.path)
    expect(tree.reasonForAbsence('a.log')).toMatch(/\.dockerignore" leaves it out$/)
    expect(tree.reasonForAbsence('b.log')).toBeUndefined()
  })

  test.each([
    { name: 'a folder that does not exist', things: {}, message: 'it does not exist' },
    { name: 'a file', things: { context: '' }, message: 'it is no folder' },
    { name: 'a malformed pattern', things: { 'context/.dockerignore': 'a\n[' }, message: 'pattern "["' },
  ])('refuses $name', ({ things, message }) => {
    using root = temporaryFolder()
    writeThings(root.path, things)
    expect(() => contextIn(root.path)).toThrow(message)
  })

  test('reads a context through a link', () => {
    using root = temporaryFolder()
    writeThings(root.path, { 'real/f': '', context: { link: 'real' } })
    expect(Object.keys(listTree(contextIn(root.path)))).toEqual(['/f'])
  })
})

describe('FolderContext', () => {
  test('sha256Of() believes the memo of an earlier build while the file is as it was', () => {
    using root = temporaryFolder()
    const file = join(root.path, 'context/f')
    writeThings(join(root.path, 'context'), { f: 'one' })
    const memo = new StatMemo(join(root.path, 'memos/memo'))
    memo.add('f', lstatSync(file), 'ab'.repeat(32))
    memo.save(Date.now() + 60_000, () => false)
    const hashNow = () => {
      const tree = contextIn(root.path)
      const found = findSource(tree, 'f')
      return found === undefined ? undefined : tree.sha256Of(found)
    }
    expect(hashNow()).toBe('ab'.repeat(32))
    writeFileSync(file, 'two')
    expect(hashNow()).toBe(createHash('sha256').update('two').digest('hex'))
  })

  test('save() keeps what a build did not ask for, and forgets what is gone', () => {
    using root = temporaryFolder()
    const memo = () => readFileSync(join(root.path, 'memos/memo'), 'latin1')
    writeThings(join(root.path, 'context'), { f: 'one', g: 'other' })
    const read = (names: readonly string[]) => {
      const tree = contextIn(root.path, { openedAt: Date.now() + 60_000 })
      for (const file of tree.children(tree.root)) if (names.includes(file.path)) tree.sha256Of(file)
      tree.save()
    }
    read(['f'])
    read(['g'])
    expect(memo()).toContain('f\0g\0')
    rmSync(join(root.path, 'context/f'))
    writeThings(join(root.path, 'context'), { h: 'new' })
    read(['h'])
    expect(memo()).toContain('g\0h\0')
    expect(memo()).not.toContain('f\0')
  })

  test('isUnchanged() compares all that a change leaves behind', () => {
    using root = temporaryFolder()
    const file = join(root.path, 'context/f')
    writeThings(join(root.path, 'context'), { f: 'one' })
    const tree = contextIn(root.path)
    const found = tree.child(tree.root, 'f')
    const isUnchanged = () =>
      found !== undefined && tree.isUnchanged(found, lstatSync(file, { bigint: true }))
    expect(isUnchanged()).toBe(true)
    const { atime, mtime } = lstatSync(file)
    writeFileSync(file, 'two')
    utimesSync(file, atime, mtime)
    expect(isUnchanged()).toBe(false)
  })

  test('sees what it has seen once as it was then', () => {
    using root = temporaryFolder()
    writeThings(join(root.path, 'context'), { f: 'one' })
    const tree = contextIn(root.path)
    expect(tree.children(tree.root)).toHaveLength(1)
    writeThings(join(root.path, 'context'), { g: 'other' })
    expect(tree.children(tree.root)).toHaveLength(1)
    expect(tree.child(tree.root, 'g')).toBeUndefined()
  })
})
