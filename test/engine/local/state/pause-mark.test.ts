import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isPaused, markPaused } from '../../../../src/engine/local/state/pause-mark.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('isPaused() believes the kernel, which is asked where the mark says', () => {
  using folder = temporaryFolder()
  const layout = { paused: join(folder.path, 'paused') }
  const group = join(folder.path, 'group')
  expect(isPaused(layout)).toBe(false)
  markPaused(layout, group)
  expect(isPaused(layout)).toBe(false)
  mkdirSync(group)
  writeFileSync(join(group, 'cgroup.freeze'), '1\n')
  expect(isPaused(layout)).toBe(true)
  writeFileSync(join(group, 'cgroup.freeze'), '0\n')
  expect(isPaused(layout)).toBe(false)
})
