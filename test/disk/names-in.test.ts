import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namesIn } from '../../src/disk/names-in.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('namesIn() returns the names, none where there is no folder', () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'file'), '')
  const [own, none, file] = ['', 'none', 'file'].map(name => namesIn(join(folder.path, name)))
  expect([own, none, file]).toEqual([['file'], [], []])
})

test.skipIf(process.getuid?.() !== 0)('namesIn() says that a folder of root needs root', () => {
  using folder = temporaryFolder()
  chmodSync(folder.path, 0o755)
  mkdirSync(join(folder.path, 'own'), { mode: 0o700 })
  process.seteuid?.(65_534)
  try {
    expect(() => namesIn(join(folder.path, 'own'))).toThrow(/tcompose must be run as root/)
  } finally {
    process.seteuid?.(0)
  }
})
