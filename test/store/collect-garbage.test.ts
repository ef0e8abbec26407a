import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../src/base/digest.ts'
import { fetchImage } from '../../src/engine/local/image/fetch-image.ts'
import type { Roots } from '../../src/engine/local/state/layout.ts'
import type { Image } from '../../src/model/image.ts'
import { lookupImage, openImage } from '../../src/store/images/lookup-image.ts'
import { openLease } from '../../src/store/lease.ts'
import { listStoredImages } from '../../src/store/list-stored-images.ts'
import { pruneImages } from '../../src/store/prune-images.ts'
import { removeImages } from '../../src/store/remove-images.ts'
import { tagImage } from '../../src/store/tag-image.ts'
import { digestOf, type HandMadeImage } from '../support/hand-made-layout.ts'
import { archiveOf, load, recordContainer, storedPaths, usersIn } from '../support/image-store.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { serveImages } from '../support/registry/served-image.ts'
import { tarArchive } from '../support/tar-archive.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

const PROGRAM = resolve(import.meta.dirname, '../support/prune-program.ts')

function rootsIn(folder: string): Roots {
  return { data: join(folder, 'data'), run: join(folder, 'run') }
}

const layerWith = (name: string) => tarArchive([{ name, content: name.repeat(100) }])

/** Two images that share their lowest layer. */
async function twoImages(): Promise<readonly HandMadeImage[]> {
  const [shared, own, other] = await Promise.all(['shared', 'own', 'other'].map(layerWith))
  if (shared === undefined || own === undefined || other === undefined) throw new Error('no layers')
  return [
    { layers: [shared, own], tag: 'example.test/one:1', config: { Cmd: ['/one'] } },
    { layers: [shared, other], tag: 'example.test/two:1', config: { Cmd: ['/two'] } },
  ]
}

async function storeWithTwo(root: TemporaryFolder) {
  const roots = rootsIn(root.path)
  const archive = archiveOf(root.path, await twoImages())
  const [one, two] = await load(roots, archive)
  if (one === undefined || two === undefined) throw new Error('nothing was loaded')
  return { roots, archive, one, two }
}

describe('pruneImages()', () => {
  test('removes images that no container needs with all that only they need, and nothing else', async () => {
    using root = temporaryFolder()
    const { roots, one, two } = await storeWithTwo(root)
    await recordContainer(roots, {
      project: 'p',
      name: 'p-web-1',
      image: 'example.test/one:1',
      imageId: one.id,
    })
    expect(await pruneImages(roots, { readUsers: usersIn(roots), all: false })).toMatchObject({
      untagged: [],
      deleted: [],
      bytes: 0,
    })
    const pruned = await pruneImages(roots, { readUsers: usersIn(roots), all: true })
    expect(pruned).toMatchObject({
      untagged: [{ reference: 'example.test/two:1' }],
      deleted: [two.id],
      leftovers: [],
    })
    expect(pruned.bytes).toBeGreaterThan(500)
    expect(listStoredImages(roots, usersIn(roots)()).map(({ id }) => id)).toEqual([one.id])
    expect(openImage(roots, { reference: 'example.test/one:1' }).layers).toHaveLength(2)
    // One image: two layers with their links, sizes and implied folders, three blobs and their manifest, a record and a reference.
    expect(storedPaths(roots)).toHaveLength(4 * 2 + 4 + 2)
  })

  test('leaves an image by its name that a container is announced with', async () => {
    using root = temporaryFolder()
    const { roots, one } = await storeWithTwo(root)
    await recordContainer(roots, {
      project: 'p',
      name: 'p-web-1',
      image: 'example.test/one:1',
      imageId: undefined,
    })
    await pruneImages(roots, { readUsers: usersIn(roots), all: true })
    expect(listStoredImages(roots, usersIn(roots)()).map(({ id }) => id)).toEqual([one.id])
  })

  test('leaves what a process keeps by a lease, until it lets go', async () => {
    using root = temporaryFolder()
    const { roots, one } = await storeWithTwo(root)
    const unknown = parseDigest(digestOf('on its way'))
    const partial = join(roots.data, 'images/partial', unknown.slice('sha256:'.length))
    writeFileSync(partial, 'half')
    {
      using lease = openLease(roots)
      await lease.keep([`image ${one.id}`, `blob ${unknown}`])
      await pruneImages(roots, { readUsers: usersIn(roots), all: true })
      expect(listStoredImages(roots, usersIn(roots)()).map(({ id }) => id)).toEqual([one.id])
      expect(existsSync(partial)).toBe(true)
    }
    expect((await pruneImages(roots, { readUsers: usersIn(roots), all: true })).leftovers).toEqual([
      `download ${unknown}`,
    ])
    expect(storedPaths(roots)).toEqual([])
  })

  test('removes an image whose name went to another only when no container needs it', async () => {
    using root = temporaryFolder()
    const { roots, one, two } = await storeWithTwo(root)
    await recordContainer(roots, {
      project: 'p',
      name: 'p-web-1',
      image: 'example.test/one:1',
      imageId: one.id,
    })
    await tagImage(roots, 'example.test/two:1', 'example.test/one:1')
    expect((await pruneImages(roots, { readUsers: usersIn(roots), all: false })).deleted).toEqual([])
    await tagImage(roots, one.id, 'example.test/two:1')
    await tagImage(roots, one.id, 'example.test/one:1')
    expect((await pruneImages(roots, { readUsers: usersIn(roots), all: false })).deleted).toEqual([two.id])
  })

  test('removes what processes left that died, and blobs, layers and links that nothing leads to', async () => {
    using root = temporaryFolder()
    const { roots } = await storeWithTwo(root)
    const before = storedPaths(roots)
    const stray = digestOf('stray').slice('sha256:'.length)
    mkdirSync(join(roots.data, 'layers/sha256', stray))
    writeFileSync(join(roots.data, 'layers/sha256', stray, 'file'), '12345')
    writeFileSync(join(roots.data, 'layers/sizes', digestOf('x').slice(7)), '1\n')
    writeFileSync(join(roots.data, 'images/blobs/sha256', stray), 'blob')
    mkdirSync(join(roots.data, 'layers/tmp-1-1-1/deep'), { recursive: true })
    writeFileSync(join(roots.data, 'layers/tmp-1-1-1/deep/file'), '123')
    writeFileSync(join(roots.data, 'images/tmp-1-1-2'), '12')
    expect((await pruneImages(roots, { readUsers: usersIn(roots), all: false })).bytes).toBe(5 + 4 + 3 + 2)
    expect(storedPaths(roots)).toEqual(before)
  })

  test('refuses while the record of a project cannot be read, and leaves everything', async () => {
    using root = temporaryFolder()
    const { roots } = await storeWithTwo(root)
    mkdirSync(join(roots.data, 'projects/broken'), { recursive: true })
    writeFileSync(join(roots.data, 'projects/broken/project.json'), '{"version":1}')
    const before = storedPaths(roots)
    await expect(pruneImages(roots, { readUsers: usersIn(roots), all: true })).rejects.toMatchObject({
      code: 'state-corrupt',
    })
    expect(storedPaths(roots)).toEqual(before)
  })

  test('leaves images that are younger than `until`, or do not say when they were made', async () => {
    using root = temporaryFolder()
    const { roots } = await storeWithTwo(root)
    expect(
      (await pruneImages(roots, { readUsers: usersIn(roots), all: true, until: Date.now() })).deleted,
    ).toEqual([])
  })
})

describe('removeImages()', () => {
  test('takes a name away, and the image with its last one', async () => {
    using root = temporaryFolder()
    const { roots, one, two } = await storeWithTwo(root)
    await tagImage(roots, 'example.test/one:1', 'again')
    const first = await removeImages(roots, {
      readUsers: usersIn(roots),
      images: [{ reference: 'again' }],
      force: false,
    })
    expect(first).toMatchObject({ untagged: [{ reference: 'docker.io/library/again:latest' }], deleted: [] })
    const second = await removeImages(roots, {
      readUsers: usersIn(roots),
      images: [{ reference: one.id.slice(0, 19) }],
      force: false,
    })
    expect(second).toMatchObject({ untagged: [{ reference: 'example.test/one:1' }], deleted: [one.id] })
    expect(listStoredImages(roots, usersIn(roots)()).map(({ id }) => id)).toEqual([two.id])
  })

  test('refuses all while a container needs one, and with force leaves the image without its name', async () => {
    using root = temporaryFolder()
    const { roots, one, two } = await storeWithTwo(root)
    await recordContainer(roots, {
      project: 'shop',
      name: 'shop-web-1',
      image: 'example.test/one:1',
      imageId: one.id,
    })
    const images = ['example.test/two:1', 'example.test/one:1'].map(reference => ({ reference }))
    const before = storedPaths(roots)
    await expect(
      removeImages(roots, { readUsers: usersIn(roots), images, force: false }),
    ).rejects.toMatchObject({
      code: 'image-in-use',
      message: expect.stringContaining('container shop-web-1 of project shop needs it'),
    })
    expect(storedPaths(roots)).toEqual(before)
    expect(await removeImages(roots, { readUsers: usersIn(roots), images, force: true })).toMatchObject({
      deleted: [two.id],
    })
    expect(lookupImage(roots, { reference: 'example.test/one:1' })).toEqual({ kind: 'absent' })
    expect(listStoredImages(roots, usersIn(roots)())).toMatchObject([{ id: one.id, names: [] }])
  })

  test('refuses an id that begins several, an image with several names by its id, and what is not there', async () => {
    using root = temporaryFolder()
    const { roots, one } = await storeWithTwo(root)
    const remove = (image: string) =>
      removeImages(roots, { readUsers: usersIn(roots), images: [{ reference: image }], force: false })
    await expect(remove('sha256:')).rejects.toMatchObject({ code: 'image-not-found' })
    await expect(remove('nothing')).rejects.toMatchObject({ code: 'image-not-found' })
    await tagImage(roots, one.id, 'again')
    await expect(remove(one.id)).rejects.toMatchObject({ code: 'image-in-use' })
  })
})

test('a prune that is killed before any of its steps leaves a store that works, and nothing that the next one does not remove', {
  timeout: 120_000,
}, async () => {
  let clean: readonly string[] = []
  for (let step = 0; ; step++) {
    using root = temporaryFolder()
    const { roots, archive, one } = await storeWithTwo(root)
    await recordContainer(roots, {
      project: 'p',
      name: 'p-web-1',
      image: 'example.test/one:1',
      imageId: one.id,
    })
    if (step === 0) {
      await pruneImages(roots, { readUsers: usersIn(roots), all: true })
      clean = storedPaths(roots)
      continue
    }
    const killed = spawnSync(process.execPath, [PROGRAM, roots.data, String(step)])
    expect(wrongNames(roots), `step ${step}`).toEqual([])
    expect(
      openImage(roots, { reference: 'example.test/one:1' }).layers.map(layer => readdirSync(layer)),
    ).toEqual([['shared'], ['own']])
    await load(roots, archive)
    expect(
      openImage(roots, { reference: 'example.test/two:1' }).layers.map(layer => readdirSync(layer)),
    ).toEqual([['shared'], ['other']])
    await pruneImages(roots, { readUsers: usersIn(roots), all: true })
    expect(storedPaths(roots), `step ${step}`).toEqual(clean)
    if (killed.signal === null) {
      expect(killed.stdout.toString()).toBe(`${step - 1}\n`)
      expect(step).toBeGreaterThan(10)
      return
    }
  }
})

for (const policy of ['missing', 'always'] as const) {
  test(`a prune that is killed before any of its steps leaves a store that a fetch of policy ${policy} brings back from the registry`, {
    timeout: 120_000 + MAY_DOWNLOAD.timeout,
  }, async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    const references: string[] = []
    for (const [index, image] of (await twoImages()).entries()) {
      await served.push(`${index}`, image)
      references.push(`${served.host}/t/img:${index}`)
    }
    const fetchAll = async (roots: Roots) => {
      const images: Image[] = []
      for (const reference of references) {
        images.push(await fetchImage(roots, { reference }, { onProgress: () => {}, policy }))
      }
      return images
    }
    const filesOf = ({ layers }: Image) => layers.map(layer => readdirSync(layer))
    for (let step = 1; ; step++) {
      using root = temporaryFolder()
      const roots = rootsIn(root.path)
      const [one] = await fetchAll(roots)
      const [image = ''] = references
      await recordContainer(roots, { project: 'p', name: 'p-web-1', image, imageId: one?.id })
      const killed = spawnSync(process.execPath, [PROGRAM, roots.data, String(step)])
      expect(wrongNames(roots), `step ${step}`).toEqual([])
      expect(filesOf(openImage(roots, { reference: image }))).toEqual([['shared'], ['own']])
      expect((await fetchAll(roots)).map(filesOf), `step ${step}`).toEqual([
        [['shared'], ['own']],
        [['shared'], ['other']],
      ])
      expect(
        storedPaths(roots).filter(path => path.includes('tmp-')),
        `step ${step}`,
      ).toEqual([])
      if (killed.signal === null) {
        expect(step).toBeGreaterThan(10)
        return
      }
    }
  })
}

/** Returns the names that are there without all that they need. */
function wrongNames(roots: Roots): readonly string[] {
  return listStoredImages(roots, usersIn(roots)()).flatMap(({ names }) =>
    names
      .filter(({ reference }) => {
        const found = lookupImage(roots, { reference })
        return found.kind === 'present' && !found.unpacked
      })
      .map(({ reference }) => reference),
  )
}
