import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import { fetchImage } from '../../../src/engine/local/image/fetch-image.ts'
import { layerFolder, layerSizeFile } from '../../../src/store/layers/layer-paths.ts'
import { layerSize, treeSize } from '../../../src/store/layers/layer-size.ts'
import { digestOf, writeLayout } from '../../support/hand-made-layout.ts'
import { tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('treeSize() counts the bytes of files, one with several links once, and follows no link', () => {
  using root = temporaryFolder()
  mkdirSync(join(root.path, 'folder'))
  writeFileSync(join(root.path, 'folder/a'), 'x'.repeat(1000))
  linkSync(join(root.path, 'folder/a'), join(root.path, 'b'))
  symlinkSync('/', join(root.path, 'c'))
  writeFileSync(join(root.path, 'd'), '12345')
  expect(treeSize(root.path)).toBe(1005)
})

test('layerSize() is what was unpacked, without counting it again, and counts where it was not written down', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  const layer = await tarArchive([
    { name: 'a', content: 'x'.repeat(700) },
    { name: 'b', type: 'link', linkname: 'a' },
  ])
  writeLayout(join(root.path, 'img'), [{ layers: [layer] }])
  await fetchImage(roots, { reference: `oci:${root.path}/img` }, { onProgress: () => {} })
  const diffId = parseDigest(digestOf(layer))
  const file = layerSizeFile(roots, diffId)
  expect(readFileSync(file, 'utf8')).toBe('700\n')
  writeFileSync(join(layerFolder(roots, diffId), 'more'), '1')
  expect(layerSize(roots, diffId)).toBe(700)
  for (const damaged of ['', '7', 'many\n']) {
    writeFileSync(file, damaged)
    expect(layerSize(roots, diffId)).toBe(701)
    expect(readFileSync(file, 'utf8')).toBe('701\n')
  }
  rmSync(file)
  rmSync(layerFolder(roots, diffId), { recursive: true })
  expect(layerSize(roots, diffId)).toBe(0)
  expect(existsSync(file)).toBe(false)
})
