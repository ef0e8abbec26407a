import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryLock } from '../../../../src/disk/flock.ts'
import { findLockHolder, readHolder } from '../../../../src/engine/local/state/lock-holder.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('findLockHolder() finds who holds a lock, while it is held', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'lock')
  const holder = { pid: process.pid, command: 'tcompose up' }
  expect(findLockHolder(path)).toBeUndefined()
  {
    using _lock = tryLock(path)
    expect(findLockHolder(path)).toBeUndefined()
    writeFileSync(path, JSON.stringify(holder))
    expect(findLockHolder(path)).toEqual(holder)
  }
  expect(readHolder(path)).toEqual(holder)
  expect(findLockHolder(path)).toBeUndefined()
})
