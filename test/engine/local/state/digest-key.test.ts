import { statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { digestKeyOf, keepDigestKey } from '../../../../src/engine/local/state/digest-key.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('digestKeyOf() returns a new key until one is kept', () => {
  using folder = temporaryFolder()
  const layout = projectLayout({ data: folder.path, run: folder.path }, parseProjectName('shop'))
  const key = digestKeyOf(layout)
  expect(key).toHaveLength(32)
  expect(digestKeyOf(layout)).not.toEqual(key)
  keepDigestKey(layout, key)
  expect(digestKeyOf(layout)).toEqual(key)
  expect(statSync(layout.digestKey).mode & 0o777).toBe(0o600)
})

test.for(['', 'zz', 'a'.repeat(63)])('digestKeyOf() takes the damaged key "%s" for none', text => {
  using folder = temporaryFolder()
  const layout = projectLayout({ data: folder.path, run: folder.path }, parseProjectName('shop'))
  keepDigestKey(layout, digestKeyOf(layout))
  writeFileSync(layout.digestKey, text)
  const key = digestKeyOf(layout)
  expect(key).toHaveLength(32)
  keepDigestKey(layout, key)
  expect(digestKeyOf(layout)).toEqual(key)
})
