import { chmodSync, linkSync, lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bytePath } from '../../../src/disk/byte-path.ts'
import { getXattr, OPAQUE_XATTR, setTimes, setXattr } from '../../../src/disk/inode.ts'
import { cloneLayer } from '../../../src/store/built/clone-layer.ts'
import { sealedLayer, sealLayer } from '../../../src/store/built/seal-layer.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('cloneLayer() makes a layer of the same archive, whose times can be set apart', async () => {
  using folder = temporaryFolder()
  const [source, target] = [join(folder.path, 'a'), join(folder.path, 'b')] as const
  mkdirSync(join(source, 'd'), { recursive: true })
  mkdirSync(target)
  writeFileSync(join(source, 'd/file'), 'text')
  linkSync(join(source, 'd/file'), join(source, 'second'))
  symlinkSync('d/file', join(source, 'link'))
  chmodSync(join(source, 'd'), 0o2750)
  setXattr(bytePath(join(source, 'd')), OPAQUE_XATTR, Buffer.from('y'))
  for (const name of ['d', 'd/file', 'link'])
    setTimes(bytePath(join(source, name)), 2_000_000_000n * 10n ** 9n)
  cloneLayer(source, target)
  const [made, original] = [await sealLayer({ folder: target }), await sealLayer({ folder: source })]
  expect(made.diffId).toBe(original.diffId)
  expect(sealedLayer(made).index).toEqual(sealedLayer(original).index)
  expect(readlinkSync(join(target, 'link'))).toBe('d/file')
  expect(getXattr(bytePath(join(target, 'd')), OPAQUE_XATTR)).toEqual(Buffer.from('y'))
  await sealLayer({ folder: target, clampSeconds: 1_000_000_000 })
  const times = (root: string) => ['d', 'd/file', 'link'].map(name => lstatSync(join(root, name)).mtimeMs)
  expect(times(source)).toEqual(Array(3).fill(2e12))
  expect(times(target)).toEqual(Array(3).fill(1e12))
})
