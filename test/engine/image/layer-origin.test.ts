import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { areLayersOwn } from '../../../src/engine/image/layer-origin.ts'
import { openImage } from '../../../src/engine/image/resolve-image.ts'
import { archiveOf, load } from '../../support/image-store.ts'
import { tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const NAME = 'example.test/one:1'

test('areLayersOwn() is false for layers that were copied, which are unpacked again and then count', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: root.path }
  expect(areLayersOwn(roots)).toBe(true)
  const archive = archiveOf(root.path, [
    { layers: [await tarArchive([{ name: 'a', content: 'whole' }])], tag: NAME },
  ])
  await load(roots, archive)
  expect(areLayersOwn(roots)).toBe(true)
  renameSync(roots.data, join(root.path, 'old'))
  cpSync(join(root.path, 'old'), roots.data, { recursive: true, verbatimSymlinks: true })
  const copied = readdirSync(join(roots.data, 'layers/sha256'))[0] ?? ''
  writeFileSync(join(roots.data, 'layers/sha256', copied, 'a'), 'damaged')
  expect(areLayersOwn(roots)).toBe(false)
  expect(() => openImage(roots, { reference: NAME })).toThrow(
    expect.objectContaining({ code: 'image-not-found' }),
  )
  await load(roots, archive)
  expect(areLayersOwn(roots)).toBe(true)
  const [layer = ''] = openImage(roots, { reference: NAME }).layers
  expect(readFileSync(join(layer, 'a'), 'utf8')).toBe('whole')
  expect(readdirSync(join(roots.data, 'layers')).sort()).toEqual([
    'implied',
    'l',
    'origin',
    'sha256',
    'sizes',
  ])
})

test('areLayersOwn() is false for layers without a note, and with one that is damaged', () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  mkdirSync(join(root.path, 'layers/sha256/aa'), { recursive: true })
  expect(areLayersOwn(roots)).toBe(false)
  rmSync(join(root.path, 'layers/sha256/aa'), { recursive: true })
  expect(areLayersOwn(roots)).toBe(true)
  writeFileSync(join(root.path, 'layers/origin'), '')
  expect(areLayersOwn(roots)).toBe(false)
})
