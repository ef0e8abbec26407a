import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { LayeredTree } from '../../src/disk/layered-tree.ts'
import { openRegularFile } from '../../src/disk/open-regular-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('openRegularFile() opens nothing outside a layer when a folder has become a link since the lookup', () => {
  using root = temporaryFolder()
  const layer = join(root.path, 'layer')
  for (const path of ['layer/etc', 'outside']) mkdirSync(join(root.path, path), { recursive: true })
  writeFileSync(join(layer, 'etc/passwd'), 'inside')
  writeFileSync(join(root.path, 'outside/passwd'), 'outside')
  const entry = new LayeredTree([parseAbsolutePath(layer)]).lookup('/etc/passwd')
  if (entry === undefined) throw new Error('nothing was found')
  {
    using file = openRegularFile(entry)
    expect(readFileSync(file?.fd ?? -1, 'utf8')).toBe('inside')
  }
  renameSync(join(layer, 'etc'), join(layer, 'old'))
  symlinkSync(join(root.path, 'outside'), join(layer, 'etc'))
  expect(openRegularFile(entry)).toBeUndefined()
})

test('openRegularFile() does not wait for the other end of a pipe', () => {
  using root = temporaryFolder()
  execFileSync('mkfifo', [join(root.path, 'pipe')])
  const entry = new LayeredTree([parseAbsolutePath(root.path)]).lookup('/pipe')
  expect(entry && openRegularFile(entry)).toBeUndefined()
})
