import { lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { isOpaque } from '../../../../../src/disk/layered-tree.ts'
import { CopyScene, copyOperation, SPAN, type Things } from '../../../../support/copy-scene.ts'
import { type TestEntry, tarArchive } from '../../../../support/tar-archive.ts'

const ADD = { unpacksLocal: true }

/** Lists what ADD of an archive changes in the files of a stage, and the folder of its layer. */
async function adding(scene: CopyScene, entries: readonly TestEntry[], words = 'a.tgz /d/') {
  writeFileSync(join(scene.contextFolder, 'a.tgz'), gzipSync(await tarArchive(entries)))
  const before = await scene.list()
  const folder = await scene.copy(copyOperation(words, ADD))
  const list = await scene.list()
  const made = Object.fromEntries(Object.entries(list).filter(([path, line]) => before[path] !== line))
  const gone = Object.keys(before).filter(path => !(path in list))
  return { made, gone, folder }
}

describe('unpackArchive()', () => {
  test('makes files, folders, links and FIFOs with their owners, modes and times', async () => {
    using scene = new CopyScene({})
    const added = await adding(scene, [
      { name: './', type: 'directory', mode: 0o700 },
      { name: './in/', type: 'directory', mode: 0o2750, uid: 5, gid: 6 },
      { name: 'in/file', content: 'text', mode: 0o4755, uid: 7, gid: 8 },
      { name: 'in/hard', type: 'link', linkname: 'in/file' },
      { name: 'in/soft', type: 'symlink', linkname: '/nowhere', uid: 9 },
      { name: 'deep/er/fifo', type: 'fifo', mode: 0o600 },
      { name: 'device', type: 'character-device', devmajor: 1, devminor: 3, mode: 0o666 },
    ])
    expect(added.made).toEqual({
      '/d': 'folder 755 0:0',
      '/d/deep': 'folder 755 0:0',
      '/d/deep/er': 'folder 755 0:0',
      '/d/deep/er/fifo': 'fifo 600 0:0',
      '/d/device': 'char 666 0:0 1:3',
      '/d/in': 'folder 2750 5:6',
      '/d/in/file': 'file 4755 7:8 4',
      '/d/in/hard': 'file 4755 7:8 4 = /d/in/file',
      '/d/in/soft': 'link 9:0 /nowhere',
    })
    expect(lstatSync(join(added.folder, 'd/in/file')).mtime).toEqual(new Date('2020-01-01T00:00:00Z'))
    expect(lstatSync(join(added.folder, 'd/in')).mtime).toEqual(new Date('2020-01-01T00:00:00Z'))
  })

  test('gives --chown to all of it, and makes its destination a folder', async () => {
    using scene = new CopyScene({})
    const added = await adding(scene, [{ name: 'f', content: 'x', uid: 5 }], '--chown=7:8 a.tgz /to/here')
    expect(added.made).toEqual({
      '/to': 'folder 755 7:8',
      '/to/here': 'folder 755 7:8',
      '/to/here/f': 'file 644 7:8 1',
    })
  })

  test('keeps names and links inside of its destination', async () => {
    using scene = new CopyScene({ base: [{ 'd/below': { link: '/else' }, 'etc/x': '' }] })
    const added = await adding(scene, [
      { name: '../../up', content: 'u' },
      { name: '/abs', content: 'a' },
      { name: 'out', type: 'symlink', linkname: '/../../etc' },
      { name: 'out/file', content: 'f' },
      { name: 'below/file', content: 'b' },
    ])
    expect(added.made).toEqual({
      '/d/abs': 'file 644 0:0 1',
      '/d/else': 'folder 755 0:0',
      '/d/else/file': 'file 644 0:0 1',
      '/d/etc': 'folder 755 0:0',
      '/d/etc/file': 'file 644 0:0 1',
      '/d/out': 'link 0:0 /../../etc',
      '/d/up': 'file 644 0:0 1',
    })
  })

  test('merges folders, and replaces all else, also by another kind', async () => {
    const base: Things = {
      'd/kept/old': 'o',
      'd/folder/gone': 'g',
      'd/file': 'f',
      'd/link': { link: 'kept' },
      'd/again/gone': 'g',
    }
    using scene = new CopyScene({ base: [base] })
    const added = await adding(scene, [
      { name: 'kept/', type: 'directory', mode: 0o711 },
      { name: 'kept/new', content: 'n' },
      { name: 'folder', content: 'now a file' },
      { name: 'file/', type: 'directory' },
      { name: 'link/', type: 'directory' },
      { name: 'again', content: 'first a file' },
      { name: 'again/', type: 'directory' },
    ])
    expect(added.made).toEqual({
      '/d/file': 'folder 755 0:0',
      '/d/folder': 'file 644 0:0 10',
      '/d/kept': 'folder 711 0:0',
      '/d/kept/new': 'file 644 0:0 1',
      '/d/link': 'folder 755 0:0',
    })
    expect(added.gone).toEqual(['/d/again/gone', '/d/folder/gone'])
    expect(isOpaque(join(added.folder, 'd/again'))).toBe(true)
  })

  test('links to a file of the stage, which becomes part of the layer', async () => {
    using scene = new CopyScene({ base: [{ 'd/file': { text: 'old', mode: 0o640, uid: 3, gid: 4 } }] })
    const added = await adding(scene, [{ name: 'hard', type: 'link', linkname: 'file' }])
    expect(added.made).toEqual({ '/d/hard': 'file 640 3:4 3 = /d/file' })
    expect(readFileSync(join(added.folder, 'd/file'), 'utf8')).toBe('old')
  })

  test('copies what is no archive', async () => {
    using scene = new CopyScene({ context: { 'a.tgz': 'no archive' } })
    await scene.copy(copyOperation('a.tgz /d/', ADD))
    expect(await scene.list()).toEqual({ '/d': 'folder 755 0:0', '/d/a.tgz': 'file 644 0:0 10' })
  })

  test.each([
    {
      name: 'a link to nothing',
      entries: [{ name: 'l', type: 'link', linkname: 'none' }] satisfies TestEntry[],
      message: 'entry "l" of the archive: it is a link to "none", expected a file that is there',
    },
    {
      name: 'a file on the way',
      entries: [
        { name: 'f', content: 'x' },
        { name: 'f/g', content: 'y' },
      ],
      message: 'entry "f/g" of the archive: "/d/f" is not a directory',
    },
    {
      name: 'the device of whiteouts',
      entries: [{ name: 'w', type: 'character-device', devmajor: 0, devminor: 0 }] satisfies TestEntry[],
      message: 'the character device 0:0',
    },
  ])('refuses $name', async ({ entries, message }) => {
    using scene = new CopyScene({})
    const failure = adding(scene, entries)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toMatchObject({ code: 'build-source', span: SPAN })
  })

  test('refuses an archive that ends in the middle', async () => {
    using scene = new CopyScene({})
    const archive = await tarArchive([{ name: 'f', content: 'x'.repeat(5000) }])
    writeFileSync(join(scene.contextFolder, 'a.tar'), archive.subarray(0, 2000))
    await expect(scene.copy(copyOperation('a.tar /d/', ADD))).rejects.toThrow('it ends in the middle')
  })
})
