import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { makeNode, OPAQUE_XATTR, setXattr } from '../../src/disk/inode.ts'
import { LayeredTree } from '../../src/disk/layered-tree.ts'
import { openRegularFile } from '../../src/disk/open-regular-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const S_IFCHR = 0o020000

/** What to put into a layer: text is a file, `->` a link, `gone` a whiteout, `opaque` an opaque folder. */
type Layer = Readonly<Record<string, { text: string } | { link: string } | 'gone' | 'opaque'>>

function treeOf(root: string, layers: readonly Layer[]): LayeredTree {
  const folders = layers.map((layer, index) => {
    const folder = join(root, String(index))
    mkdirSync(folder)
    for (const [path, what] of Object.entries(layer)) put(join(folder, path), what)
    return parseAbsolutePath(folder)
  })
  return new LayeredTree(folders)
}

function put(path: string, what: Layer[string]): void {
  mkdirSync(dirname(path), { recursive: true })
  if (what === 'gone') makeNode(path, { mode: S_IFCHR, major: 0, minor: 0 })
  else if (what === 'opaque') {
    mkdirSync(path, { recursive: true })
    setXattr(path, OPAQUE_XATTR, Buffer.from('y'))
  } else if ('text' in what) writeFileSync(path, what.text)
  else symlinkSync(what.link, path)
}

function textAt(tree: LayeredTree, path: string): string | undefined {
  const entry = tree.lookup(path)
  using file = entry === undefined ? undefined : openRegularFile(entry)
  return file === undefined ? undefined : readFileSync(file.fd, 'utf8')
}

const names = (entries: readonly { readonly name: string }[] | undefined) => entries?.map(entry => entry.name)

describe('LayeredTree', () => {
  test('lookup() takes the upper layer, and readDir() joins folders', () => {
    using root = temporaryFolder()
    const tree = treeOf(root.path, [
      { 'etc/a': { text: 'low' }, 'etc/b': { text: 'low' } },
      { 'etc/a': { text: 'high' }, 'etc/c': { text: 'high' } },
    ])
    expect(textAt(tree, '/etc/a')).toBe('high')
    expect(textAt(tree, 'etc/b')).toBe('low')
    expect(names(tree.readDir('/etc'))).toEqual(['a', 'b', 'c'])
    expect(textAt(tree, '/etc')).toBeUndefined()
    expect(tree.readDir('/etc/a')).toBeUndefined()
  })

  test('trace() follows links as far as there is something', () => {
    using root = temporaryFolder()
    const tree = treeOf(root.path, [
      { 'run/x': { text: '' }, 'etc/resolv.conf': { link: '../run/resolve/stub' }, 'etc/gone': { text: '' } },
      { 'etc/gone': 'gone', loop: { link: 'loop' } },
    ])
    const traced = (path: string) => {
      const { trail, missing } = tree.trace(path)
      return [names(trail.slice(1)), missing]
    }
    expect(traced('/etc')).toEqual([['etc'], []])
    expect(traced('/etc/resolv.conf')).toEqual([['run'], ['resolve', 'stub']])
    expect(traced('/etc/gone/more')).toEqual([['etc'], ['gone', 'more']])
    expect(traced('/loop/a')).toEqual([[], ['loop', 'a']])
  })

  test('lookup() honours whiteouts, opaque folders and files that cover folders', () => {
    using root = temporaryFolder()
    const tree = treeOf(root.path, [
      { 'a/x': { text: '' }, 'b/x': { text: '' }, 'c/x': { text: '' }, 'd/x': { text: '' } },
      { a: 'gone', b: 'opaque', 'b/y': { text: '' }, c: { text: 'file' } },
      { 'c/z': { text: '' } },
    ])
    expect(tree.lookup('/a')).toBeUndefined()
    expect(names(tree.readDir('/b'))).toEqual(['y'])
    expect(names(tree.readDir('/c'))).toEqual(['z'])
    expect(names(tree.readDir('/'))).toEqual(['b', 'c', 'd'])
  })

  test('lookup() resolves links across layers and never outside', () => {
    using root = temporaryFolder()
    writeFileSync(join(root.path, 'outside'), 'secret')
    const tree = treeOf(root.path, [
      { 'usr/lib/f': { text: 'found' }, loop: { link: 'loop' } },
      {
        lib: { link: 'usr/lib' },
        abs: { link: '/lib/f' },
        up: { link: '../../../usr/lib/f' },
        'x/escape': { link: '../../outside' },
        host: { link: join(root.path, 'outside') },
      },
    ])
    for (const path of ['/lib/f', '/abs', '/up', '/lib/../lib/f', '/../lib/f']) {
      expect(textAt(tree, path)).toBe('found')
    }
    for (const path of ['/x/escape', '/host', '/loop', '/lib/f/g']) expect(tree.lookup(path)).toBeUndefined()
  })

  test('reads the host itself for rootfs:/', () => {
    expect(textAt(new LayeredTree([parseAbsolutePath('/')]), '/etc/passwd')).toContain('root:')
  })
})
