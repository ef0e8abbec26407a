import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readStoredFilter } from '../../../src/runtime/seccomp/stored-filter.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('readStoredFilter() reads the filter of a machine and a set of capabilities, where it is stored', () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'x64-a80425fb.bpf'), Buffer.of(1, 2, 3))
  expect(readStoredFilter(folder.path, 'x64', 0xa80425fbn)).toEqual(Buffer.of(1, 2, 3))
  expect(readStoredFilter(folder.path, 'arm64', 0xa80425fbn)).toBeUndefined()
  expect(readStoredFilter(folder.path, 'x64', 0n)).toBeUndefined()
})

test('readStoredFilter() hides no other failure', () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'x64-0.bpf'))
  expect(() => readStoredFilter(folder.path, 'x64', 0n)).toThrow('EISDIR')
})
