import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tryLock, trySharedLock } from '../../src/disk/flock.ts'

function lockPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-flock-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'lock')
}

test('tryLock() makes the file for its owner alone', () => {
  const path = lockPath()
  using _lock = tryLock(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('tryLock() returns undefined while the lock is held, and the lock once it is let go', () => {
  const path = lockPath()
  {
    using first = tryLock(path)
    expect(first?.path).toBe(path)
    expect(tryLock(path)).toBeUndefined()
  }
  using second = tryLock(path)
  expect(second).toBeDefined()
})

test('tryLock() locks the file that has the name, not one whose holder unlinked it', () => {
  const path = lockPath()
  using _old = tryLock(path)
  rmSync(path)
  using fresh = tryLock(path)
  expect(fresh).toBeDefined()
  expect(tryLock(path)).toBeUndefined()
})

test('tryLock() follows no link and takes no folder for a lock', () => {
  const path = lockPath()
  const target = `${path}-target`
  symlinkSync(target, path)
  expect(() => tryLock(path)).toThrow('it is a symbolic link')
  expect(existsSync(target)).toBe(false)
  rmSync(path)
  mkdirSync(path)
  expect(() => tryLock(path)).toThrow('it is a folder')
})

test('tryLock() throws for a folder that is not there', () => {
  expect(() => tryLock('/nonexistent/lock')).toThrow('ENOENT')
})

test('trySharedLock() may be had many times, but not beside tryLock()', () => {
  const path = lockPath()
  {
    using first = trySharedLock(path)
    using second = trySharedLock(path)
    expect([first?.path, second?.path]).toEqual([path, path])
    expect(tryLock(path)).toBeUndefined()
  }
  using _alone = tryLock(path)
  expect(trySharedLock(path)).toBeUndefined()
})
