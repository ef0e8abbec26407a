import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseDigest } from '../../../../src/base/digest.ts'
import { recallBuild, rememberBuild } from '../../../../src/engine/local/build/build-memory.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const STEP = {
  stage: 'build',
  position: 2,
  definition: '{}',
  contents: ['c'],
  parent: 'p',
  diffId: parseDigest(`sha256:${'a'.repeat(64)}`),
}

test('recallBuild() returns what the image was built from last', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  rememberBuild(roots, 'shop', [{ ...STEP, position: 9 }])
  rememberBuild(roots, 'shop', [STEP])
  rememberBuild(roots, 'other', [])
  expect(recallBuild(roots, 'shop')).toEqual([STEP])
})

test('recallBuild() knows nothing of an image that was not built, or whose record is damaged', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  expect(recallBuild(roots, 'shop')).toEqual([])
  rememberBuild(roots, 'shop', [STEP])
  const last = join(folder.path, 'build/last')
  mkdirSync(last, { recursive: true })
  for (const name of readdirSync(last)) writeFileSync(join(last, name), '{"version":1,"steps":')
  expect(recallBuild(roots, 'shop')).toEqual([])
})
