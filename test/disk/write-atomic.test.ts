import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeAtomic, writeDurable } from '../../src/disk/write-atomic.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const WAYS: ReadonlyArray<{
  readonly way: string
  readonly write: (path: string, content: string) => Promise<void> | void
}> = [
  { way: 'writeAtomic() of one writer', write: writeAtomic },
  {
    way: 'writeAtomic() of several writers',
    write: (path, content) => writeAtomic(path, content, { temporaries: join(path, '..'), survives: 'name' }),
  },
  { way: 'writeDurable()', write: writeDurable },
]

describe.each(WAYS)('$way', ({ write }) => {
  test('replaces a file, for its owner only, and leaves nothing beside it', async () => {
    using root = temporaryFolder()
    const path = join(root.path, 'file')
    writeFileSync(path, 'old', { mode: 0o644 })
    await write(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(lstatSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(root.path)).toEqual(['file'])
  })

  test('gives a reader of the old file the old content', async () => {
    using root = temporaryFolder()
    const path = join(root.path, 'file')
    writeFileSync(path, 'old')
    const inode = lstatSync(path).ino
    await write(path, 'new')
    expect(lstatSync(path).ino).not.toBe(inode)
  })

  test('puts a folder aside that is in the place of the file', async () => {
    using root = temporaryFolder()
    mkdirSync(join(root.path, 'file/inside'), { recursive: true })
    await write(join(root.path, 'file'), 'new')
    expect(readdirSync(root.path).sort()).toEqual(['file', 'file.damaged'])
    expect(readdirSync(join(root.path, 'file.damaged'))).toEqual(['inside'])
  })
})

test.each([WAYS[0], WAYS[2]])('$way does not follow a link in the place of its temporary file', async way => {
  using root = temporaryFolder()
  const path = join(root.path, 'file')
  writeFileSync(join(root.path, 'victim'), 'untouched')
  symlinkSync(join(root.path, 'victim'), `${path}.tmp`)
  await expect((async () => await way?.write(path, 'new'))()).rejects.toMatchObject({ code: 'ELOOP' })
  expect(readFileSync(join(root.path, 'victim'), 'utf8')).toBe('untouched')
})

test('writeAtomic() of several writers leaves the old file and no temporary one if it fails', () => {
  using root = temporaryFolder()
  const path = join(root.path, 'folder/file')
  expect(() => writeAtomic(path, 'new', { temporaries: root.path })).toThrow('ENOENT')
  expect(readdirSync(root.path)).toEqual([])
})
