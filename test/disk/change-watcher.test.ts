import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ChangeWatcher } from '../../src/disk/change-watcher.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()

test('ChangeWatcher notices changes in a folder that was removed and made again', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'watched')
  mkdirSync(path)
  using watcher = new ChangeWatcher()
  watcher.add(path)
  await watcher.changed(signal)
  rmdirSync(path)
  expect(await watcher.changed(signal)).toBe(true)
  mkdirSync(path)
  watcher.add(path)
  await watcher.changed(signal)
  writeFileSync(join(path, 'new'), '')
  expect(await watcher.changed(signal)).toBe(true)
})

test('ChangeWatcher resolves when it is told to, and says when it was aborted', async () => {
  using watcher = new ChangeWatcher()
  await watcher.changed(signal)
  const noticed = watcher.changed(signal)
  watcher.notice()
  expect(await noticed).toBe(true)
  expect(await watcher.changed(AbortSignal.abort())).toBe(false)
})
