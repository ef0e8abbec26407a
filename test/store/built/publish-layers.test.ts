import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { digestHex } from '../../../src/base/digest.ts'
import { LayerSealer } from '../../../src/store/built/layer-sealer.ts'
import { publishLayers } from '../../../src/store/built/publish-layers.ts'
import { readLayerIndex } from '../../../src/store/built/read-layer-index.ts'
import { readImpliedFolders } from '../../../src/store/layers/implied-folders.ts'
import { layerFolder, layerIndexFile } from '../../../src/store/layers/layer-paths.ts'
import { layerSize } from '../../../src/store/layers/layer-size.ts'
import { hasLayer } from '../../../src/store/layers/layer-store.ts'
import { openLease } from '../../../src/store/lease.ts'
import { sealedFolder } from '../../support/built-image.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const FILE = { path: 'f', kind: 'file', content: 'content' } as const
const OTHER = { path: 'g', kind: 'file', content: 'more' } as const

describe('publishLayers()', () => {
  test('gives layers their names with all that is known of them', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    using lease = openLease(paths)
    await using sealer = new LayerSealer()
    const layers = [await sealedFolder(paths, [FILE]), await sealedFolder(paths, [OTHER])]
    await publishLayers(paths, layers, lease)
    for (const { sealed } of layers) {
      expect(hasLayer(paths, sealed.diffId)).toBe(true)
      expect(readImpliedFolders(paths, sealed.diffId)).toEqual([''])
      expect(await readLayerIndex(paths, sealed.diffId, sealer)).toEqual(sealed.index)
    }
    expect(layers.map(({ sealed }) => layerSize(paths, sealed.diffId))).toEqual([7, 4])
    expect(readFileSync(lease.path ?? '', 'utf8')).toContain(`layer ${layers[1]?.sealed.diffId}`)
    expect(temporaries(folder.path)).toEqual([])
  })

  test('keeps the first of equal layers, of one build and of several', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    using lease = openLease(paths)
    const layers = [await sealedFolder(paths, [FILE]), await sealedFolder(paths, [FILE])]
    await publishLayers(paths, layers, lease)
    await publishLayers(paths, [await sealedFolder(paths, [FILE])], lease)
    expect(readdirSync(join(folder.path, 'layers/sha256'))).toHaveLength(1)
    expect(temporaries(folder.path)).toEqual([])
  })

  test('of processes at once, the first wins and no copy is left', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    const layers = await Promise.all([1, 2, 3].map(() => sealedFolder(paths, [FILE, OTHER])))
    await Promise.all(
      layers.map(async layer => {
        using lease = openLease(paths)
        await publishLayers(paths, [layer], lease)
      }),
    )
    const [name = ''] = readdirSync(join(folder.path, 'layers/sha256'))
    expect(readdirSync(join(folder.path, 'layers/sha256', name))).toEqual(['f', 'g'])
    expect(temporaries(folder.path)).toEqual([])
  })
})

describe('readLayerIndex()', () => {
  test('makes the index of a layer again where it is missing or damaged, and keeps it', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    using lease = openLease(paths)
    await using sealer = new LayerSealer()
    const layer = await sealedFolder(paths, [FILE])
    await publishLayers(paths, [layer], lease)
    const { diffId, index } = layer.sealed
    const file = layerIndexFile(paths, diffId)
    const sound = readFileSync(file)
    for (const damage of [
      () => rmSync(file),
      () => writeFileSync(file, 'x'),
      () => writeFileSync(file, ''),
    ]) {
      damage()
      expect(await readLayerIndex(paths, diffId, sealer)).toEqual(index)
      expect(readFileSync(file)).toEqual(sound)
    }
    rmSync(file)
    rmSync(layerFolder(paths, diffId), { recursive: true })
    await expect(readLayerIndex(paths, diffId, sealer)).rejects.toThrow(digestHex(diffId))
    expect(existsSync(file)).toBe(false)
  })
})

function temporaries(data: string): readonly string[] {
  return readdirSync(join(data, 'layers')).filter(name => name.startsWith('tmp-'))
}
