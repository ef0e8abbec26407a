import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import { writeBuiltImage } from '../../../src/store/built/write-built-image.ts'
import { imageById } from '../../../src/store/images/image-by-id.ts'
import { listIndex } from '../../../src/store/images/image-index.ts'
import { parseImageKey } from '../../../src/store/images/image-key.ts'
import { inspectImage } from '../../../src/store/inspect-image.ts'
import { openLease } from '../../../src/store/lease.ts'
import { listStoredImages } from '../../../src/store/list-stored-images.ts'
import { removeImages } from '../../../src/store/remove-images.ts'
import { tagImage } from '../../../src/store/tag-image.ts'
import { buildImage } from '../../support/built-image.ts'
import { archiveOf, load, storedPaths, usersIn } from '../../support/image-store.ts'
import { tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const NAME = 'docker.io/library/app:latest'
const OTHER = 'docker.io/library/other:latest'
const LAYERS = [
  [{ path: 'a', kind: 'file', content: 'content' }],
  [{ path: 'b', kind: 'file', content: 'more' }],
] as const

describe('writeBuiltImage()', () => {
  test('makes an image that is listed, inspected and run from', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const config = { Cmd: ['/a'], Labels: { one: '1' } }
    const { id, diffIds } = await buildImage(paths, { names: [NAME, OTHER], layers: LAYERS, config })
    const details = inspectImage(paths, { reference: 'app' }, new Map())
    expect(details).toMatchObject({
      id,
      size: 11,
      layers: diffIds,
      manifest: undefined,
      document: { config },
    })
    expect(details.names.map(({ reference, digest }) => [reference, digest])).toEqual([
      [NAME, undefined],
      [OTHER, undefined],
    ])
    expect(listStoredImages(paths, new Map())).toMatchObject([{ id, createdAt: Date.parse('2020-01-01') }])
    expect(imageById(paths, id)).toMatchObject({ id, config: { command: ['/a'] }, layers: [{}, {}] })
  })

  test('gives equal documents one id, whatever the order of their keys', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    using lease = openLease(paths)
    const rootfs = { type: 'layers', diff_ids: [] }
    const ids = [
      await writeBuiltImage(paths, {
        document: { os: 'linux', architecture: 'amd64', rootfs },
        names: [],
        lease,
      }),
      await writeBuiltImage(paths, {
        document: { rootfs, architecture: 'amd64', os: 'linux' },
        names: [],
        lease,
      }),
    ]
    expect(ids[1]).toBe(ids[0])
  })

  test('mounts one of equal layers once and keeps both in the configuration', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    const { id, diffIds } = await buildImage(paths, { names: [NAME], layers: [[], ...LAYERS, []] })
    expect(imageById(paths, id)?.layers).toHaveLength(3)
    const { document } = inspectImage(paths, { reference: NAME }, new Map())
    expect(document).toMatchObject({ rootfs: { diff_ids: diffIds } })
    expect(diffIds[3]).toBe(diffIds[0])
  })

  test('refuses an image with a layer that the store lacks', async () => {
    using folder = temporaryFolder()
    const base = [parseDigest(`sha256:${'0'.repeat(64)}`)]
    await expect(buildImage({ data: folder.path }, { names: [NAME], base, layers: [] })).rejects.toThrow(
      'no layer sha256:000',
    )
  })

  test('takes a name over from an image that was loaded', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const tar = await tarArchive([{ name: 'x', content: 'x' }])
    await load(paths, archiveOf(folder.path, [{ layers: [tar], tag: 'app:latest' }]))
    expect(listIndex(paths).map(({ name }) => name)).toEqual([NAME])
    const { id } = await buildImage(paths, { names: [NAME], layers: LAYERS })
    expect(inspectImage(paths, { reference: NAME }, new Map()).id).toBe(id)
    expect(listIndex(paths)).toEqual([])
  })

  test('makes an image that is tagged, and is gone with its last name', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const { id } = await buildImage(paths, { names: [NAME], layers: LAYERS })
    await tagImage(paths, NAME, 'other')
    const remove = async (reference: string) =>
      await removeImages(paths, { images: [{ reference }], force: false, readUsers: usersIn(paths) })
    expect((await remove('app')).deleted).toEqual([])
    expect(inspectImage(paths, { reference: 'other' }, new Map()).names).toMatchObject([{ reference: OTHER }])
    expect((await remove('other')).deleted).toEqual([id])
    expect(storedPaths(paths)).toEqual([])
  })

  test('gives an image several names at once', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    using lease = openLease(paths)
    const names = [NAME, OTHER].map(parseImageKey)
    const document = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } }
    const id = await writeBuiltImage(paths, { document, names, lease })
    for (const name of names) expect(inspectImage(paths, { reference: name }, new Map()).id).toBe(id)
  })
})

describe('a built image on layers of a loaded one', () => {
  test('keeps their packed layers when the other is removed', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const layers = await Promise.all(['x', 'y'].map(name => tarArchive([{ name, content: name }])))
    await load(paths, archiveOf(folder.path, [{ layers, tag: 'base:1' }]))
    const base = inspectImage(paths, { reference: 'base:1' }, new Map()).layers
    const blobs = () => storedPaths(paths).filter(path => path.startsWith('images/blobs'))
    await buildImage(paths, { names: [NAME], base: base.slice(0, 1), layers: LAYERS })
    expect(blobs()).toHaveLength(5)
    const remove = async (reference: string) =>
      await removeImages(paths, { images: [{ reference }], force: false, readUsers: usersIn(paths) })
    await remove('base:1')
    // Its lower layer, and the configuration of the built image.
    expect(blobs()).toHaveLength(2)
    await remove('base:1').catch(() => {})
    expect(blobs()).toHaveLength(2)
    await remove(NAME)
    expect(storedPaths(paths)).toEqual([])
  })
})
