import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { MS_BIND, mount, unmount } from '../../src/linux/mount.ts'

test('mount() binds a file and unmount() uncovers it again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-mount-'))
  const [source, target] = [join(folder, 'source'), join(folder, 'target')]
  onTestFinished(() => {
    unmount(target)
    rmSync(folder, { recursive: true })
  })
  writeFileSync(source, 'above')
  writeFileSync(target, 'below')
  mount({ source, target, type: null, flags: MS_BIND, data: null })
  expect(readFileSync(target, 'utf8')).toBe('above')
  expect(unmount(target)).toBe(true)
  expect(readFileSync(target, 'utf8')).toBe('below')
  expect(unmount(target)).toBe(false)
})

test('mount() says where it failed', () => {
  const request = { source: 'none', target: '/nonexistent', type: 'tmpfs', flags: 0, data: null }
  expect(() => mount(request)).toThrow('mount /nonexistent: ENOENT')
})

test('unmount() takes a path that is not there for unmounted', () =>
  expect(unmount('/nonexistent')).toBe(false))
