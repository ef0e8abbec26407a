import { createHash } from 'node:crypto'
import { linkSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileFacts } from '../../../src/disk/bulk/file-facts.ts'
import { encodeLayerIndex, LayerIndexText } from '../../../src/store/built/layer-index-file.ts'
import { LayerSealer } from '../../../src/store/built/layer-sealer.ts'
import { layerTar } from '../../../src/store/built/layer-tar.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const EMPTY_LAYER = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef'

/** More than is hashed without a thread. */
const LARGE = { size: { things: 100_000, bytes: 0 } }

function makeMany(folder: string): void {
  mkdirSync(join(folder, 'many'))
  for (let index = 0; index < 1100; index++) writeFileSync(join(folder, `many/${index}`), 'content')
}

function digestOf(folder: string): string {
  const hash = createHash('sha256')
  for (const chunk of layerTar(folder)) hash.update(chunk)
  return `sha256:${hash.digest('hex')}`
}

describe('LayerSealer.seal()', () => {
  test('gives an empty layer the digest that it has everywhere', async () => {
    using folder = temporaryFolder()
    await using sealer = new LayerSealer()
    const sealed = await sealer.seal(folder.path)
    expect(sealed).toMatchObject({ diffId: EMPTY_LAYER, contentBytes: 0, index: [] })
  })

  test('counts the bytes of a file with several names once', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'a'), 'content')
    linkSync(join(folder.path, 'a'), join(folder.path, 'b'))
    await using sealer = new LayerSealer()
    const { contentBytes, index } = await sealer.seal(folder.path)
    expect(contentBytes).toBe(7)
    expect(index.map(({ path, size }) => `${path} ${size}`)).toEqual(['a 7', 'b 7'])
  })

  test('hashes several large layers, on threads, to what their archives have', async () => {
    using folder = temporaryFolder()
    const folders = ['a', 'b', 'c'].map(name => join(folder.path, name))
    for (const path of folders) {
      mkdirSync(path)
      makeMany(path)
      writeFileSync(join(path, 'own'), path)
    }
    await using sealer = new LayerSealer()
    const sealed = await Promise.all(folders.map(path => sealer.seal(path, LARGE)))
    expect(sealed.map(({ diffId }) => diffId)).toEqual(folders.map(digestOf))
    expect(sealed.map(({ index }) => index.length)).toEqual([1102, 1102, 1102])
    expect(sealed[0]?.contentBytes).toBe(7700 + (folders[0]?.length ?? 0))
  })

  test('hashes the same on a thread as without one', async () => {
    using folder = temporaryFolder()
    makeMany(folder.path)
    await using sealer = new LayerSealer()
    const [here, there] = [await sealer.seal(folder.path), await sealer.seal(folder.path, LARGE)]
    expect(here.diffId).toBe(there.diffId)
    expect(here.index).toEqual(there.index)
  })

  test('takes the hashes and attributes of files that are known', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'known'), 'content')
    writeFileSync(join(folder.path, 'other'), 'content')
    await using sealer = new LayerSealer()
    const plain = await sealer.seal(folder.path)
    const sha256 = 'ab'.repeat(32)
    const { ino } = lstatSync(join(folder.path, 'known'))
    const own = plain.index.filter(entry => entry.path === 'known')
    const other = LayerIndexText.open(encodeLayerIndex(own.map(entry => ({ ...entry, sha256 }))))
    if (other === undefined) throw new Error('the index cannot be read')
    const known = {
      index: other,
      find: (path: string, { inode }: FileFacts) => (path === 'known' && inode === ino ? 0 : undefined),
    }
    const { diffId, index, contentBytes } = await sealer.seal(folder.path, { known })
    expect(diffId).toBe(plain.diffId)
    expect(contentBytes).toBe(plain.contentBytes)
    expect(index).toEqual(plain.index.map(entry => (entry.path === 'known' ? { ...entry, sha256 } : entry)))
  })

  test('says what a thread could not read', async () => {
    using folder = temporaryFolder()
    makeMany(folder.path)
    await using sealer = new LayerSealer()
    const sealing = sealer.seal(folder.path, LARGE)
    rmSync(folder.path, { recursive: true, force: true })
    await expect(sealing).rejects.toThrow(/ENOENT/)
  })
})
