import { closeSync, constants, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDestination } from '../../../../src/engine/local/access/copy-destination.ts'
import { openSource } from '../../../../src/engine/local/access/copy-source.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts'

let folder: TemporaryFolder
let root: number
beforeEach(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder.path, 'tree'))
  writeFileSync(join(folder.path, 'tree/file'), '')
  symlinkSync('/tree', join(folder.path, 'to-tree'))
  symlinkSync('tree/file', join(folder.path, 'to-file'))
  symlinkSync('tree/nothing', join(folder.path, 'dangling'))
  root = openSync(folder.path, constants.O_RDONLY | constants.O_DIRECTORY)
})
afterEach(() => {
  closeSync(root)
  folder[Symbol.dispose]()
})

for (const { path, follows = false, source } of [
  { path: '/tree', source: { isFolder: true, isContent: false, name: 'tree' } },
  { path: '/tree/', source: { isFolder: true, isContent: false, name: 'tree' } },
  { path: '/tree/.', source: { isFolder: true, isContent: true, name: 'tree' } },
  { path: '/', source: { isFolder: true, isContent: true } },
  { path: '/tree/../tree/file', source: { isFolder: false, isContent: false, name: 'file' } },
  { path: '/to-tree', source: { isFolder: false, isContent: false, name: 'to-tree' } },
  { path: '/to-tree/', source: { isFolder: true, isContent: false, name: 'to-tree' } },
  { path: '/to-file', follows: true, source: { isFolder: false, isContent: false, name: 'to-file' } },
]) {
  test(`openSource() takes "${path}"${follows ? ' with its link followed' : ''} as docker cp does`, () => {
    using opened = openSource({ root, path }, follows)
    expect(opened).toMatchObject(source)
  })
}

test('openSource() takes no file for a folder, and nothing for what is not there', () => {
  expect(() => openSource({ root, path: '/tree/file/' }, false)).toThrow(
    expect.objectContaining({ errnoName: 'ENOTDIR' }),
  )
  expect(() => openSource({ root, path: '/none' }, false)).toThrow(
    expect.objectContaining({ errnoName: 'ENOENT' }),
  )
})

const FILE = { isFolder: false, isContent: false, name: 'one' }
const TREE = { isFolder: true, isContent: false, name: 'many' }

for (const { path, source, name } of [
  { path: '/tree', source: FILE, name: 'one' },
  { path: '/to-tree', source: TREE, name: 'many' },
  { path: '/tree', source: { ...TREE, isContent: true }, name: '' },
  { path: '/tree/file', source: FILE, name: 'file' },
  { path: '/to-file', source: FILE, name: 'file' },
  { path: '/dangling', source: FILE, name: 'nothing' },
  { path: '/tree/new', source: TREE, name: 'new' },
  { path: '/tree/new/', source: { ...TREE, isContent: true }, name: 'new' },
]) {
  test(`openDestination() puts ${source.isFolder ? 'a folder' : 'a file'}${source.isContent ? "'s content" : ''} at "${path}" under "${name}"`, () => {
    using opened = openDestination({ root, path }, source)
    expect(opened.name).toBe(name)
  })
}

for (const { path, source, state } of [
  { path: '/tree/file', source: TREE, state: 'it is a file' },
  { path: '/tree/file/', source: FILE, state: 'it is no folder' },
  { path: '/tree/new/', source: FILE, state: 'there is no such folder' },
  { path: '/none/new', source: FILE, state: 'there is no folder "/none"' },
]) {
  test(`openDestination() refuses "${path}": ${state}`, () => {
    expect(() => openDestination({ root, path }, source)).toThrow(state)
  })
}
