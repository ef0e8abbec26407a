import { existsSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { LayeredTree } from '../../../../src/disk/layered-tree.ts'
import { copyEntry } from '../../../../src/engine/local/volume/copy-entry.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('copyEntry() copies nothing from behind a link that took the place of a file since it was listed', () => {
  using root = temporaryFolder()
  mkdirSync(join(root.path, 'layer/data'), { recursive: true })
  const file = join(root.path, 'layer/data/file')
  writeFileSync(file, 'own')
  writeFileSync(join(root.path, 'outside'), 'of the host')
  const entry = new LayeredTree([parseAbsolutePath(join(root.path, 'layer'))]).lookup('/data/file')
  if (entry === undefined) throw new Error('nothing was found')
  unlinkSync(file)
  symlinkSync(join(root.path, 'outside'), file)
  const copy = join(root.path, 'copy')
  for (const _ of copyEntry(entry, copy, new Map()));
  expect(existsSync(copy)).toBe(false)
})
