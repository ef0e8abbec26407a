import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readOwnFile, writeOwnFile } from '../../src/local/own-files.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const NOBODY = 65534

test('readOwnFile() returns what writeOwnFile() wrote', () => {
  using folder = temporaryFolder()
  writeOwnFile(join(folder.path, 'loads'), 'a', 'text')
  expect(readOwnFile(join(folder.path, 'loads'), 'a')).toBe('text')
  expect(readOwnFile(join(folder.path, 'loads'), 'b')).toBeUndefined()
})

for (const mode of [0o660, 0o602, 0o640, 0o604]) {
  test(`readOwnFile() believes no file of mode ${mode.toString(8)}`, () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'a'), 'text')
    chmodSync(join(folder.path, 'a'), mode)
    expect(readOwnFile(folder.path, 'a')).toBeUndefined()
  })
}

test('readOwnFile() believes no file of another user', ({ skip }) => {
  if (process.geteuid?.() !== 0) return skip('it takes root to give a file away')
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'a'), 'text', { mode: 0o600 })
  chownSync(join(folder.path, 'a'), NOBODY, NOBODY)
  expect(readOwnFile(folder.path, 'a')).toBeUndefined()
})

test('readOwnFile() follows no link and waits for no FIFO', () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'target'), 'text', { mode: 0o600 })
  symlinkSync('target', join(folder.path, 'link'))
  spawnSync('mkfifo', ['-m', '600', join(folder.path, 'fifo')])
  expect(readOwnFile(folder.path, 'target')).toBe('text')
  expect(readOwnFile(folder.path, 'link')).toBeUndefined()
  expect(readOwnFile(folder.path, 'fifo')).toBeUndefined()
})

test('writeOwnFile() keeps the newest 64 files', () => {
  using folder = temporaryFolder()
  for (let index = 1; index <= 70; index += 1) {
    const path = join(folder.path, `old-${index}`)
    writeFileSync(path, '')
    utimesSync(path, index, index)
  }
  writeOwnFile(folder.path, 'new', 'text')
  const names = readdirSync(folder.path)
  expect(names).toHaveLength(64)
  expect(names).toContain('new')
  expect(names).toContain('old-70')
  expect(names).not.toContain('old-7')
})
