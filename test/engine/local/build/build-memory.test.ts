import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
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
  const before = [{ ...STEP, position: 9 }]
  rememberBuild(roots, 'shop', { steps: before, earlier: [] })
  rememberBuild(roots, 'shop', { steps: [STEP], earlier: recallBuild(roots, 'shop') })
  rememberBuild(roots, 'other', { steps: [before[0] ?? STEP], earlier: [] })
  expect(recallBuild(roots, 'shop')).toEqual([STEP])
})

test('recallBuild() knows nothing of an image that was not built, or whose record is damaged', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  expect(recallBuild(roots, 'shop')).toEqual([])
  rememberBuild(roots, 'shop', { steps: [STEP], earlier: [] })
  const last = join(folder.path, 'build/last')
  mkdirSync(last, { recursive: true })
  for (const name of readdirSync(last)) writeFileSync(join(last, name), '{"version":1,"steps":')
  expect(recallBuild(roots, 'shop')).toEqual([])
})

test('rememberBuild() writes nothing for a build that found all as it was', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  const step = { ...STEP, reads: 'r' }
  rememberBuild(roots, 'shop', { steps: [step], earlier: [] })
  const last = join(folder.path, 'build/last')
  const [name = ''] = readdirSync(last)
  const { ino } = statSync(join(last, name))
  rememberBuild(roots, 'shop', { steps: [step], earlier: recallBuild(roots, 'shop') })
  expect(statSync(join(last, name)).ino).toBe(ino)
})
