import {
  chmodSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { folderTar } from '../../src/archive/folder-tar.ts'
import { FolderWriter } from '../../src/archive/folder-writer.ts'
import type { TarEntry } from '../../src/archive/tar-header.ts'
import { TAR_END, tarHeader } from '../../src/archive/tar-header-writer.ts'
import { TarReader } from '../../src/archive/tar-reader.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

let folder: TemporaryFolder
let from: string
let to: string
beforeEach(() => {
  folder = temporaryFolder()
  from = join(folder.path, 'from')
  to = join(folder.path, 'to')
  mkdirSync(from)
  mkdirSync(to)
})
afterEach(() => folder[Symbol.dispose]())

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

function unpack(chunks: Iterable<Buffer>): void {
  const fd = openSync(to, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    using writer = new FolderWriter(fd, own)
    const reader = new TarReader(writer)
    for (const chunk of chunks) reader.push(chunk)
    reader.end()
    writer.finish()
  } finally {
    closeSync(fd)
  }
}

function copy(name: string, as: string): void {
  const fd = openSync(from, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    unpack(folderTar({ folder: fd, name, as, keepsXattr: () => false }))
  } finally {
    closeSync(fd)
  }
}

describe('folderTar() and FolderWriter', () => {
  test('copy content, modes, times, links and further names', () => {
    mkdirSync(join(from, 'deep/er'), { recursive: true })
    writeFileSync(join(from, 'deep/er/file'), 'x'.repeat(1000))
    chmodSync(join(from, 'deep/er/file'), 0o4750)
    linkSync(join(from, 'deep/er/file'), join(from, 'deep/other'))
    symlinkSync('../nowhere', join(from, 'deep/link'))
    for (const path of ['deep/er/file', 'deep/er', 'deep']) utimesSync(join(from, path), 1000, 1000)
    copy('deep', 'new')
    expect(readFileSync(join(to, 'new/er/file'), 'utf8')).toBe('x'.repeat(1000))
    expect(statSync(join(to, 'new/er/file')).mode & 0o7777).toBe(0o4750)
    expect(statSync(join(to, 'new/er')).mtimeMs).toBe(1_000_000)
    expect(statSync(join(to, 'new')).mtimeMs).toBe(1_000_000)
    expect(statSync(join(to, 'new/other')).ino).toBe(statSync(join(to, 'new/er/file')).ino)
    expect(readlinkSync(join(to, 'new/link'))).toBe('../nowhere')
  })

  test('leave out the folder itself without a name for it', () => {
    writeFileSync(join(from, 'file'), '1')
    copy('.', '')
    expect(readdirSync(to)).toEqual(['file'])
  })

  test('fill a file that becomes shorter with zeros', () => {
    writeFileSync(join(from, 'log'), 'y'.repeat(700))
    const fd = openSync(from, constants.O_RDONLY | constants.O_DIRECTORY)
    const tar = folderTar({ folder: fd, name: 'log', as: 'log', keepsXattr: () => false })
    const header = tar.next().value ?? Buffer.alloc(0)
    truncateSync(join(from, 'log'), 5)
    unpack([header, ...tar])
    closeSync(fd)
    expect(readFileSync(join(to, 'log'), 'latin1')).toBe(`yyyyy${'\0'.repeat(695)}`)
  })

  test('keep what is in a folder that is there, and replace files and links', () => {
    mkdirSync(join(from, 'a'))
    writeFileSync(join(from, 'a/file'), 'new')
    mkdirSync(join(to, 'a'))
    writeFileSync(join(to, 'a/other'), 'kept')
    writeFileSync(join(to, 'target'), 'untouched')
    symlinkSync('../target', join(to, 'a/file'))
    copy('a', 'a')
    expect(readdirSync(join(to, 'a')).sort()).toEqual(['file', 'other'])
    expect(lstatSync(join(to, 'a/file')).isFile()).toBe(true)
    expect(readFileSync(join(to, 'target'), 'utf8')).toBe('untouched')
  })
})

const entry = (changes: Partial<TarEntry>): TarEntry => ({
  ...{ kind: 'file', name: 'x', linkName: '', size: 0, sparse: undefined, mode: 0o644, uid: 0, gid: 0 },
  ...{ mtime: 0n, major: 0, minor: 0, xattrs: new Map() },
  ...changes,
})

for (const { what, entries, state } of [
  { what: 'a name that leads out', entries: [entry({ name: '../x' })], state: 'leads out' },
  {
    what: 'a file behind a link of the same archive',
    entries: [entry({ kind: 'symlink', name: 'way', linkName: '..' }), entry({ name: 'way/x' })],
    state: 'is no folder',
  },
  {
    what: 'a folder in place of a file',
    entries: [entry({ name: 'a' }), entry({ kind: 'folder', name: 'a/' })],
    state: 'is no folder',
  },
  {
    what: 'a file in place of a folder',
    entries: [entry({ kind: 'folder', name: 'a/' }), entry({ name: 'a' })],
    state: 'is a folder',
  },
  {
    what: 'a further name of a file outside',
    entries: [entry({ kind: 'link', name: 'a', linkName: '../from' })],
    state: 'leads out',
  },
] satisfies { what: string; entries: TarEntry[]; state: string }[]) {
  test(`FolderWriter refuses ${what}, and nothing is outside`, () => {
    expect(() => unpack([...entries.map(tarHeader), TAR_END])).toThrow(state)
    expect(readdirSync(folder.path).sort()).toEqual(['from', 'to'])
    expect(readdirSync(from)).toEqual([])
  })
}

test('FolderWriter makes folders that the archive leaves out', () => {
  unpack([tarHeader(entry({ name: 'a/b/c' })), TAR_END])
  expect(statSync(join(to, 'a/b/c')).isFile()).toBe(true)
})
