import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readStatColumns } from '../../../../../src/engine/local/build/files/stat-columns.ts'
import { StatMemo } from '../../../../../src/engine/local/build/files/stat-memo.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const HASH = '0123456789abcdef'.repeat(4)
const LATER = Date.now() + 3_600_000

/** Writes a memo of some files below `root`, each under its own name, and returns its path. */
function memoOf(root: string, names: readonly string[]): string {
  const path = join(root, 'memos/memo')
  const memo = new StatMemo(path)
  for (const name of names) {
    writeFileSync(join(root, name), name)
    memo.add(name, lstatSync(join(root, name)), HASH)
  }
  memo.save(LATER, () => false)
  return path
}

describe('StatMemo', () => {
  test('find() returns what was added, while the file is the same', () => {
    using root = temporaryFolder()
    const names = ['a', 'b\u00e4', 'long-name-that-needs-some-padding']
    const memo = new StatMemo(memoOf(root.path, names))
    for (const name of names) expect(memo.find(name, lstatSync(join(root.path, name)))).toEqual(HASH)
    expect(memo.find('c', lstatSync(join(root.path, 'a')))).toBeUndefined()
    expect(memo.find('a', lstatSync(join(root.path, names[1] ?? '')))).toBeUndefined()
  })

  test('a file that was read again keeps its place among the others', () => {
    using root = temporaryFolder()
    const path = memoOf(root.path, ['a', 'b', 'c'])
    const memo = new StatMemo(path)
    writeFileSync(join(root.path, 'b'), 'changed')
    writeFileSync(join(root.path, 'd'), 'd')
    for (const name of ['a', 'c']) memo.find(name, lstatSync(join(root.path, name)))
    for (const name of ['d', 'b']) memo.add(name, lstatSync(join(root.path, name)), HASH)
    memo.save(LATER, () => false)
    expect(readStatColumns(path).paths).toEqual(['a', 'b', 'c', 'd'])
  })

  test('files are found in any order', () => {
    using root = temporaryFolder()
    const names = ['a', 'b', 'c', 'd']
    const memo = new StatMemo(memoOf(root.path, names))
    for (const name of ['b', 'a', 'c', 'a', 'd', 'b'])
      expect(memo.find(name, lstatSync(join(root.path, name)))).toBe(HASH)
  })

  test.each([
    { change: 'content', make: (path: string) => writeFileSync(path, 'b') },
    { change: 'size', make: (path: string) => appendFileSync(path, 'b') },
    { change: 'time', make: (path: string) => utimesSync(path, 1, 1) },
  ])('find() returns nothing after a change of $change', ({ make }) => {
    using root = temporaryFolder()
    const memo = new StatMemo(memoOf(root.path, ['a']))
    make(join(root.path, 'a'))
    expect(memo.find('a', lstatSync(join(root.path, 'a')))).toBeUndefined()
  })

  test('changes() returns files of another hash and those that are gone, and new ones only without these', () => {
    using root = temporaryFolder()
    const path = memoOf(root.path, ['a', 'b', 'c'])
    const memo = new StatMemo(path)
    const stats = lstatSync(join(root.path, 'a'))
    memo.add('a', stats, 'f'.repeat(64))
    memo.add('b', stats, HASH)
    memo.add('new', stats, HASH)
    expect(memo.changes(name => name === 'c')).toEqual(['a', 'c'])
    const other = new StatMemo(path)
    other.add('new', stats, HASH)
    expect(other.changes(() => false)).toEqual(['new'])
  })

  test('save() keeps nothing of files that are as young as the reading', () => {
    using root = temporaryFolder()
    const path = join(root.path, 'memos/memo')
    writeFileSync(join(root.path, 'a'), 'a')
    const memo = new StatMemo(path)
    memo.add('a', lstatSync(join(root.path, 'a')), HASH)
    memo.save(Date.now(), () => false)
    expect(() => readFileSync(path)).toThrow('ENOENT')
  })

  test('save() keeps what was known, but for what is gone and what is young again', () => {
    using root = temporaryFolder()
    const path = memoOf(root.path, ['a', 'b', 'c', 'd'])
    const memo = new StatMemo(path)
    writeFileSync(join(root.path, 'd'), 'changed')
    memo.find('b', lstatSync(join(root.path, 'b')))
    memo.add('d', lstatSync(join(root.path, 'd')), HASH)
    memo.add('e', { ...lstatSync(join(root.path, 'a')), mtimeMs: 1.5, ctimeMs: 1.5 }, HASH)
    memo.save(Date.now(), name => name === 'a' || name === 'b')
    const text = readFileSync(path, 'latin1')
    expect(['a', 'b', 'c', 'd', 'e'].filter(name => text.includes(`${name}\0`))).toEqual(['b', 'c', 'e'])
  })

  test.each([
    { name: 'damaged', damage: (path: string) => writeFileSync(path, readFileSync(path).fill('z', 59, 60)) },
    { name: 'too long', damage: (path: string) => appendFileSync(path, 'x') },
    {
      name: 'of another version',
      damage: (path: string) => writeFileSync(path, 'tcompose stat memo 1 1 1 1\n'),
    },
    { name: 'empty', damage: (path: string) => writeFileSync(path, '') },
    {
      name: 'a folder',
      damage: (path: string) => {
        rmSync(path)
        mkdirSync(path)
      },
    },
  ])('counts as empty where its file is $name, and is written again', ({ damage }) => {
    using root = temporaryFolder()
    const path = memoOf(root.path, ['a'])
    damage(path)
    expect(new StatMemo(path).find('a', lstatSync(join(root.path, 'a')))).toBeUndefined()
    memoOf(root.path, ['a'])
    expect(new StatMemo(path).find('a', lstatSync(join(root.path, 'a')))).toEqual(HASH)
  })

  test('save() removes the memos that were not written for the longest time', () => {
    using root = temporaryFolder()
    mkdirSync(join(root.path, 'memos'))
    for (let age = 1; age <= 70; age += 1) {
      const path = join(root.path, `memos/old-${age}`)
      writeFileSync(path, '')
      utimesSync(path, 1_000_000 - age, 1_000_000 - age)
    }
    memoOf(root.path, ['a'])
    const names = readdirSync(join(root.path, 'memos'))
    expect(names).toHaveLength(64)
    expect(names).toContain('memo')
    expect(names).toContain('old-63')
    expect(names).not.toContain('old-64')
  })
})
