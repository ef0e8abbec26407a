import { spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TreeChanges, TreeWatch } from '../../../src/app/watch/tree-port.ts'
import { parseAbsolutePath } from '../../../src/base/absolute-path.ts'
import { TreeSnapshot } from '../../../src/local/trees/tree-snapshot.ts'
import { treePort } from '../../../src/local/trees/watch-tree.ts'
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts'

/** A watched folder `src` of a folder of its own. */
class Watched implements AsyncDisposable {
  readonly #folder: TemporaryFolder
  readonly root: string
  readonly #tree: TreeWatch

  private constructor(folder: TemporaryFolder, tree: TreeWatch) {
    this.#folder = folder
    this.root = join(folder.path, 'src')
    this.#tree = tree
  }

  static async open(prepare: (root: string) => void = () => {}, roots = ['src']): Promise<Watched> {
    const folder = temporaryFolder()
    mkdirSync(join(folder.path, 'src'))
    prepare(join(folder.path, 'src'))
    const tree = await treePort.watch({
      roots: roots.map(root => parseAbsolutePath(join(folder.path, root))),
      skips: path => path.endsWith('/skipped'),
      onLimit: ({ sysctl }) => {
        throw new Error(`limit ${sysctl}`)
      },
    })
    return new Watched(folder, tree)
  }

  paths(): readonly string[] {
    return this.#tree.paths().map(path => path.slice(this.#folder.path.length + 1))
  }

  /** Returns what changes until nothing has for a while. */
  async changes(): Promise<readonly string[]> {
    const { signal } = new AbortController()
    const all = new Set<string>()
    let isBurst = false
    for (let waitMs = 5000; ; waitMs = 400) {
      const { paths, isMore } = await this.#tree.next({ waitMs, signal })
      if (paths.length === 0 && !isBurst) return [...all].sort()
      isBurst = isMore
      for (const path of paths) all.add(path.slice(this.#folder.path.length + 1))
    }
  }

  async next(): Promise<TreeChanges> {
    const { signal } = new AbortController()
    const { paths, isMore } = await this.#tree.next({ waitMs: 5000, signal })
    return { paths: paths.map(path => path.slice(this.#folder.path.length + 1)), isMore }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tree[Symbol.asyncDispose]()
    this.#folder[Symbol.dispose]()
  }
}

function prepared(root: string): void {
  mkdirSync(join(root, 'd/e'), { recursive: true })
  mkdirSync(join(root, 'skipped'))
  for (const name of ['a', 'd/b', 'd/e/c', 'skipped/x']) writeFileSync(join(root, name), '')
}

test('watch() knows all there is, but for folders that are skipped', async () => {
  await using watched = await Watched.open(prepared)
  expect(watched.paths()).toEqual(['src', 'src/a', 'src/d', 'src/d/b', 'src/d/e', 'src/d/e/c'])
})

const CHANGES: readonly (readonly [
  what: string,
  change: (root: string) => void,
  paths: readonly string[],
])[] = [
  ['a new file', root => writeFileSync(join(root, 'new'), ''), ['src/new']],
  ['more text', root => appendFileSync(join(root, 'd/e/c'), 'x'), ['src/d/e/c']],
  ['another mode', root => chmodSync(join(root, 'd/b'), 0o755), ['src/d/b']],
  ['another mode of a folder', root => chmodSync(join(root, 'd'), 0o700), ['src/d']],
  ['a file that is gone', root => rmSync(join(root, 'a')), ['src/a']],
  ['a link', root => symlinkSync('a', join(root, 'link')), ['src/link']],
  [
    'a name that is no UTF-8',
    root => writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]), ''),
    ['src/\u00ff'],
  ],
  [
    'a file that takes the name of another',
    root => {
      writeFileSync(join(root, 'tmp'), 'new')
      renameSync(join(root, 'tmp'), join(root, 'a'))
    },
    ['src/a'],
  ],
  [
    'a folder with another name',
    root => renameSync(join(root, 'd'), join(root, 'f')),
    ['src/d', 'src/d/b', 'src/d/e', 'src/d/e/c', 'src/f', 'src/f/b', 'src/f/e', 'src/f/e/c'],
  ],
  [
    'a folder in place of a file',
    root => {
      rmSync(join(root, 'a'))
      mkdirSync(join(root, 'a/b'), { recursive: true })
    },
    ['src/a', 'src/a/b'],
  ],
  [
    'a file in place of a folder',
    root => {
      rmSync(join(root, 'd'), { recursive: true })
      writeFileSync(join(root, 'd'), '')
    },
    ['src/d', 'src/d/b', 'src/d/e', 'src/d/e/c'],
  ],
  [
    'a root that is gone',
    root => rmSync(root, { recursive: true }),
    ['src', 'src/a', 'src/d', 'src/d/b', 'src/d/e', 'src/d/e/c'],
  ],
]

test.for(CHANGES)('next() reports %s', async ([, change, paths]) => {
  await using watched = await Watched.open(prepared)
  change(watched.root)
  expect(await watched.changes()).toEqual(paths)
})

test('next() reports what has settled of a burst that goes on, and when it is over', async () => {
  await using watched = await Watched.open()
  const written: string[] = []
  const write = setInterval(() => {
    const name = `${written.length}`
    writeFileSync(join(watched.root, name), name)
    written.push(`src/${name}`)
  }, 2)
  const found: string[] = []
  try {
    while (found.length < 30) {
      const { paths, isMore } = await watched.next()
      expect([paths.length > 0, isMore]).toEqual([true, true])
      found.push(...paths)
    }
  } finally {
    clearInterval(write)
  }
  let part = await watched.next()
  for (; part.isMore; part = await watched.next()) found.push(...part.paths)
  expect(part).toEqual({ paths: [], isMore: false })
  expect(found.toSorted()).toEqual(written.toSorted())
})

test('next() reports one file at once, and a file that is written without end now and then', async () => {
  await using watched = await Watched.open()
  writeFileSync(join(watched.root, 'a'), '')
  expect(await watched.next()).toEqual({ paths: ['src/a'], isMore: false })
  const write = setInterval(() => appendFileSync(join(watched.root, 'a'), 'x'), 2)
  try {
    expect((await watched.next()).paths).toEqual(['src/a'])
  } finally {
    clearInterval(write)
  }
})

test('next() reports a burst that is more than the kernel remembers', async () => {
  await using watched = await Watched.open()
  const most = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'))
  // Two events each, none of which is read before the last file is there.
  const count = Math.ceil(most / 2) + 500
  for (let index = 0; index < count; index += 1) {
    writeFileSync(join(watched.root, `${index}`), '')
    chmodSync(join(watched.root, `${index}`), 0o600)
  }
  mkdirSync(join(watched.root, 'last'))
  expect((await watched.changes()).length).toBe(count + 1)
  writeFileSync(join(watched.root, 'last/file'), '')
  expect(await watched.changes()).toEqual(['src/last/file'])
})

test('next() reports what happens in a folder that took the place of one in use', async () => {
  await using watched = await Watched.open(prepared)
  const stay = spawn('sleep', ['60'], { cwd: join(watched.root, 'd/e') })
  try {
    rmSync(join(watched.root, 'd/e'), { recursive: true })
    mkdirSync(join(watched.root, 'd/e'))
    expect(await watched.changes()).toEqual(['src/d/e/c'])
    writeFileSync(join(watched.root, 'd/e/new'), '')
    expect(await watched.changes()).toEqual(['src/d/e/new'])
  } finally {
    stay.kill()
  }
})

test('next() reports what happens in a folder that has the name of the one it is in', async () => {
  await using watched = await Watched.open(root => mkdirSync(join(root, 'src')))
  rmSync(join(watched.root, 'src'), { recursive: true })
  mkdirSync(join(watched.root, 'src/src'), { recursive: true })
  expect(await watched.changes()).toEqual(['src/src/src'])
  writeFileSync(join(watched.root, 'src/src/file'), '')
  writeFileSync(join(watched.root, 'file'), '')
  expect(await watched.changes()).toEqual(['src/file', 'src/src/src/file'])
})

test('next() reports what is made in a new folder before anyone can watch it', async () => {
  await using watched = await Watched.open()
  for (let index = 0; index < 20; index += 1) {
    mkdirSync(join(watched.root, `${index}/deep/er`), { recursive: true })
    writeFileSync(join(watched.root, `${index}/deep/er/file`), '')
  }
  expect((await watched.changes()).filter(path => path.endsWith('file')).length).toBe(20)
})

test('next() reports a root that comes, goes and comes again', async () => {
  await using watched = await Watched.open(undefined, ['src/later/on', 'src/file'])
  expect(watched.paths()).toEqual([])
  writeFileSync(join(watched.root, 'else'), '')
  mkdirSync(join(watched.root, 'later/on'), { recursive: true })
  writeFileSync(join(watched.root, 'later/on/a'), '')
  expect(await watched.changes()).toEqual(['src/later/on', 'src/later/on/a'])
  rmSync(join(watched.root, 'later'), { recursive: true })
  expect(await watched.changes()).toEqual(['src/later/on', 'src/later/on/a'])
  mkdirSync(join(watched.root, 'later/on'), { recursive: true })
  writeFileSync(join(watched.root, 'file'), '')
  expect(await watched.changes()).toEqual(['src/file', 'src/later/on'])
  writeFileSync(join(watched.root, 'later/on/b'), '')
  expect(await watched.changes()).toEqual(['src/later/on/b'])
})

test('next() reports nothing of what is skipped', async () => {
  await using watched = await Watched.open(prepared)
  writeFileSync(join(watched.root, 'skipped/y'), '')
  writeFileSync(join(watched.root, 'z'), '')
  expect(await watched.changes()).toEqual(['src/z'])
})

test('next() returns nothing when it is interrupted', async () => {
  using folder = temporaryFolder()
  await using tree = await treePort.watch({
    roots: [parseAbsolutePath(folder.path)],
    skips: () => false,
    onLimit: () => {},
  })
  const interrupt = new AbortController()
  const next = tree.next({ signal: interrupt.signal })
  interrupt.abort()
  expect(await next).toEqual({ paths: [], isMore: false })
})

test('realPath() resolves links, and leaves what is not there', () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'real'))
  symlinkSync('real', join(folder.path, 'link'))
  const path = (name: string) => parseAbsolutePath(join(folder.path, name))
  expect(treePort.realPath(path('link'))).toBe(treePort.realPath(path('real')))
  expect(treePort.realPath(path('none'))).toBe(path('none'))
})

test('TreeSnapshot reports what was in a folder as gone with it', () => {
  using folder = temporaryFolder()
  const snapshot = new TreeSnapshot({ skips: () => false, onFolder: () => {}, onFolderGone: () => {} })
  mkdirSync(join(folder.path, 'a/b'), { recursive: true })
  expect(snapshot.look(folder.path).length).toBe(3)
  expect(snapshot.look(folder.path)).toEqual([])
  rmSync(join(folder.path, 'a'), { recursive: true })
  expect(snapshot.look(join(folder.path, 'a'))).toEqual([join(folder.path, 'a'), join(folder.path, 'a/b')])
})
