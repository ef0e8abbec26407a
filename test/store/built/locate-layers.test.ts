import { describe, expect, test } from 'vitest'
import { locateLayers } from '../../../src/store/built/locate-layers.ts'
import { inspectImage } from '../../../src/store/inspect-image.ts'
import { layerFolder } from '../../../src/store/layers/layer-paths.ts'
import { readContents } from '../../../src/store/store-contents.ts'
import { buildImage } from '../../support/built-image.ts'
import { archiveOf, load } from '../../support/image-store.ts'
import { tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

describe('locateLayers()', () => {
  test('finds the blobs of layers that the store has, and the files of others', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const tar = await tarArchive([{ name: 'x', content: 'x' }])
    await load(paths, archiveOf(folder.path, [{ layers: [tar], tag: 'base:1' }]))
    const [base] = inspectImage(paths, { reference: 'base:1' }, new Map()).layers
    const layers = [[{ path: 'a', kind: 'file', content: 'content' }]] as const
    const { diffIds } = await buildImage(paths, { names: ['app'], layers })
    const [own] = diffIds
    if (base === undefined || own === undefined) throw new Error('a layer is missing')
    await using sources = new AsyncDisposableStack()
    const request = { label: 'app', openSource: async () => undefined, sources }
    const places = await locateLayers(paths, {
      ...request,
      contents: readContents(paths),
      diffIds: [base, own],
    })
    expect(places.get(base)).toMatchObject({
      kind: 'packed',
      packed: { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' },
    })
    expect(places.get(own)).toEqual({ kind: 'unpacked', folder: layerFolder(paths, own) })
  })
})
