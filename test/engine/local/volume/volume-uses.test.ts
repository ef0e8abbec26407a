import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { containerLayout } from '../../../../src/engine/local/state/layout.ts'
import { lockUses, readUses, writeUses } from '../../../../src/engine/local/volume/volume-uses.ts'
import { parseContainerId, parseProjectName } from '../../../../src/model/names.ts'

function emptyRoots() {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-uses-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return { data: join(folder, 'data'), run: join(folder, 'run') }
}

test('readUses() counts containers that have a live record, and none that was killed on its way', async () => {
  const roots = emptyRoots()
  using _lock = await lockUses(roots, 'data')
  const [alive, killed] = ['1', '2'].map(digit => digit.repeat(64))
  const { live } = containerLayout(roots, parseProjectName('shop'), parseContainerId(alive ?? ''))
  mkdirSync(dirname(live), { recursive: true })
  writeFileSync(live, '')
  writeUses(roots, 'data', [`shop/${alive}`, `shop/${killed}`])
  expect(readUses(roots, 'data')).toEqual([`shop/${alive}`])
  expect(readUses(roots, 'other')).toEqual([])
})

test('writeUses() without uses leaves neither record nor lock', async () => {
  const roots = emptyRoots()
  const lock = await lockUses(roots, 'data')
  writeUses(roots, 'data', [`shop/${'1'.repeat(64)}`])
  writeUses(roots, 'data', [])
  lock[Symbol.dispose]()
  expect(readUses(roots, 'data')).toEqual([])
  expect(existsSync(join(roots.run, 'volumes'))).toBe(true)
  expect(existsSync('path' in lock ? String(lock.path) : '')).toBe(false)
})
