import { constants, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readingWith } from '../../../src/disk/bulk/read-files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { IMPLEMENTATIONS } from './implementations.ts'

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW

describe.each(IMPLEMENTATIONS)('readFiles() $how', ({ calls }) => {
  const readFiles = readingWith(calls)

  test('puts the first bytes of each file to its place, and nothing beside', () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'a'), 'first')
    writeFileSync(join(folder.path, 'b'), 'second')
    const memory = Buffer.alloc(16, '.')
    const parts = [
      { name: 'b', offset: 8, size: 6 },
      { name: 'a', offset: 1, size: 3 },
    ]
    readFiles({ folder: folder.path, parts, flags: FLAGS, memory })
    expect(memory.toString()).toBe('.fir....second..')
  })

  const refused = [
    ['a file that is shorter', { name: 'a', offset: 0, size: 6 }, /became shorter/],
    ['a file that is not there', { name: 'absent', offset: 0, size: 1 }, /ENOENT/],
    ['a link', { name: 'link', offset: 0, size: 1 }, /ELOOP/],
    ['a folder', { name: 'folder', offset: 0, size: 1 }, /EISDIR/],
    ['a part that is outside of the memory', { name: 'a', offset: 14, size: 5 }, /./],
  ] as const
  test.each(refused)('refuses %s', (_, part, message) => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'a'), 'first')
    symlinkSync('a', join(folder.path, 'link'))
    mkdirSync(join(folder.path, 'folder'))
    const read = (): void =>
      readFiles({ folder: folder.path, parts: [part], flags: FLAGS, memory: Buffer.alloc(16) })
    expect(read).toThrow(message)
  })
})
