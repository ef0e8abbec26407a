import { copyFileSync, linkSync, lstatSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../../../../../src/disk/bulk/file-facts.ts'
import { PreviousLayer, type WantedFile } from '../../../../../src/engine/local/build/files/previous-layer.ts'
import { diskLayer } from '../../../../support/disk-layer.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const TIME = 1_700_000_000
const SHA256 = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'

/** A layer with the files `a` and `b`, which is `x`, and links `l1` and `l2`. */
function makeLayer(folder: string): string {
  const layer = join(folder, 'layer')
  mkdirSync(layer)
  for (const name of ['a', 'b', 'l1']) writeFileSync(join(layer, name), 'x', { mode: 0o644 })
  linkSync(join(layer, 'l1'), join(layer, 'l2'))
  for (const name of ['a', 'b', 'l1']) utimesSync(join(layer, name), TIME, TIME)
  return layer
}

function wanted(layer: string, path: string): WantedFile {
  const { mode, uid, gid } = lstatSync(join(layer, path))
  const owned = { path, size: 1, sha256: SHA256, mode: mode & 0o7777, uid, gid, xattrs: [] }
  return { ...owned, mtime: TIME, mtimeNanoseconds: 0 }
}

const factsAt = (path: string) => factsOf(lstatSync(path, { bigint: true }))

describe('PreviousLayer', () => {
  test('take() gives what is the same, and each file once', async () => {
    using folder = temporaryFolder()
    const layer = makeLayer(folder.path)
    const previous = await PreviousLayer.open(diskLayer(layer))
    expect(['a', 'a', 'l1', 'l2'].map(path => previous.take(wanted(layer, path)))).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  test.each<[string, Partial<WantedFile>]>([
    ['path', { path: 'c' }],
    ['content', { sha256: 'ab'.repeat(32) }],
    ['size', { size: 2 }],
    ['mode', { mode: 0o600 }],
    ['owner', { uid: 4711 }],
    ['group', { gid: 4711 }],
    ['time', { mtime: TIME + 1 }],
    ['nanoseconds', { mtimeNanoseconds: 1 }],
    ['extended attributes', { xattrs: [['user.a', 'eA==']] }],
  ])('take() refuses another %s', async (_, part) => {
    using folder = temporaryFolder()
    const layer = makeLayer(folder.path)
    const previous = await PreviousLayer.open(diskLayer(layer))
    expect(previous.take({ ...wanted(layer, 'a'), ...part })).toBe(false)
  })

  test('find() knows a link to what was taken, at its path and not touched', async () => {
    using folder = temporaryFolder()
    const layer = makeLayer(folder.path)
    const previous = await PreviousLayer.open(diskLayer(layer))
    previous.take(wanted(layer, 'a'))
    const [link, copy] = [join(folder.path, 'link'), join(folder.path, 'copy')]
    linkSync(join(layer, 'a'), link)
    copyFileSync(link, copy)
    const index = previous.find('a', factsAt(link))
    expect(index === undefined ? undefined : previous.index.entryAt(index).path).toBe('a')
    expect(previous.find('b', factsAt(link))).toBeUndefined()
    expect(previous.find('a', factsAt(copy))).toBeUndefined()
    expect(previous.find('b', factsAt(join(layer, 'b')))).toBeUndefined()
    utimesSync(link, TIME, TIME + 1)
    expect(previous.find('a', factsAt(link))).toBeUndefined()
  })
})
