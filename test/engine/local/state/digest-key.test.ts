import { statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { digestKeyOf, keepDigestKey } from '../../../../src/engine/local/state/digest-key.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** Takes down what is to be on disk before the record. */
function aStore(): { readonly needed: string[]; dependOn(path: string): void } {
  const needed: string[] = []
  return { needed, dependOn: path => needed.push(path) }
}

test('digestKeyOf() returns a new key until one is kept', () => {
  using folder = temporaryFolder()
  const layout = projectLayout({ data: folder.path, run: folder.path }, parseProjectName('shop'))
  const key = digestKeyOf(layout)
  expect(key).toHaveLength(32)
  expect(digestKeyOf(layout)).not.toEqual(key)
  const store = aStore()
  keepDigestKey(layout, key, store)
  expect(store.needed).toEqual([layout.digestKey])
  expect(digestKeyOf(layout)).toEqual(key)
  expect(statSync(layout.digestKey).mode & 0o777).toBe(0o600)
  keepDigestKey(layout, key, store)
  expect(store.needed).toHaveLength(1)
})

test.for(['', 'zz', 'a'.repeat(63)])('digestKeyOf() takes the damaged key "%s" for none', text => {
  using folder = temporaryFolder()
  const layout = projectLayout({ data: folder.path, run: folder.path }, parseProjectName('shop'))
  keepDigestKey(layout, digestKeyOf(layout), aStore())
  writeFileSync(layout.digestKey, text)
  const key = digestKeyOf(layout)
  expect(key).toHaveLength(32)
  keepDigestKey(layout, key, aStore())
  expect(digestKeyOf(layout)).toEqual(key)
})
