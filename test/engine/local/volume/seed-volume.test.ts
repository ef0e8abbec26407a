import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { getXattr, setXattr } from '../../../../src/disk/inode.ts'
import { LayeredTree } from '../../../../src/disk/layered-tree.ts'
import type { Roots } from '../../../../src/engine/local/state/layout.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { seedVolume } from '../../../../src/engine/local/volume/seed-volume.ts'
import { volumeLayout } from '../../../../src/engine/local/volume/volume-layout.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** A volume, and an image of one layer with something at /data. */
function setUp(folder: string) {
  const roots: Roots = { data: join(folder, 'data'), run: join(folder, 'run') }
  const layer = join(folder, 'layer')
  const source = join(layer, 'data')
  mkdirSync(join(source, 'sub'), { recursive: true })
  createVolume(roots, { name: 'v', labels: new Map(), createdAt: 0 })
  return { volume: volumeLayout(roots, 'v'), source, tree: new LayeredTree([parseAbsolutePath(layer)]) }
}

describe('seedVolume()', () => {
  test('copies content, owner, mode, times, attributes and links', async () => {
    using root = temporaryFolder()
    const { volume, source, tree } = setUp(root.path)
    writeFileSync(join(source, 'file'), 'text')
    chownSync(join(source, 'file'), 5, 6)
    chmodSync(join(source, 'file'), 0o4751)
    setXattr(join(source, 'file'), 'user.note', Buffer.from('kept'))
    linkSync(join(source, 'file'), join(source, 'sub/twin'))
    symlinkSync('/nowhere', join(source, 'link'))
    chownSync(source, 7, 8)
    chmodSync(source, 0o1770)
    await seedVolume(tree, '/data', volume)
    const listing = (path: string) =>
      execFileSync('find', ['.', '-printf', '%P %y %m %U:%G %l %n %T@\\n'], { cwd: path })
        .toString()
        .split('\n')
        .sort()
    expect(listing(volume.data)).toEqual(listing(source))
    expect(getXattr(join(volume.data, 'file'), 'user.note')?.toString()).toBe('kept')
    expect(readdirSync(volume.folder).sort()).toEqual(['_data', 'volume.json'])
  })

  test('takes owner and mode of an empty folder', async () => {
    using root = temporaryFolder()
    const { volume, source, tree } = setUp(root.path)
    chownSync(join(source, 'sub'), 7, 8)
    chmodSync(join(source, 'sub'), 0o700)
    await seedVolume(tree, '/data/sub', volume)
    expect(lstatSync(volume.data)).toMatchObject({ uid: 7, gid: 8, mode: 0o40700 })
  })

  test('leaves a volume with content alone, and an image without the folder', async () => {
    using root = temporaryFolder()
    const { volume, tree } = setUp(root.path)
    await seedVolume(tree, '/none', volume)
    expect(readdirSync(volume.data)).toEqual([])
    writeFileSync(join(volume.data, 'own'), '')
    await seedVolume(tree, '/data', volume)
    expect(readdirSync(volume.data)).toEqual(['own'])
  })

  test('completes a copy that was cut short and keeps what was written since', async () => {
    using root = temporaryFolder()
    const { volume, source, tree } = setUp(root.path)
    writeFileSync(join(source, 'a'), 'image')
    writeFileSync(join(source, 'b'), 'image')
    mkdirSync(volume.seedCopy)
    writeFileSync(join(volume.seedCopy, 'b'), 'half')
    writeFileSync(volume.seedMarker, '')
    writeFileSync(join(volume.data, 'a'), 'changed')
    await seedVolume(tree, '/data', volume)
    expect(readFileSync(join(volume.data, 'a'), 'utf8')).toBe('changed')
    expect(readFileSync(join(volume.data, 'b'), 'utf8')).toBe('image')
    expect(readdirSync(volume.folder).sort()).toEqual(['_data', 'volume.json'])
  })

  test('runs once for two calls at once', async () => {
    using root = temporaryFolder()
    const { volume, source, tree } = setUp(root.path)
    writeFileSync(join(source, 'a'), 'image')
    await Promise.all([seedVolume(tree, '/data', volume), seedVolume(tree, '/data', volume)])
    expect(readdirSync(volume.data).sort()).toEqual(['a', 'sub'])
  })
})
