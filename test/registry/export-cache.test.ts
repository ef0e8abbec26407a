import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { servicePath } from '../../src/base/model-path.ts'
import { sha256Hex } from '../../src/base/sha256.ts'
import type { BuildCache } from '../../src/model/build.ts'
import { parseRegistryReference } from '../../src/oci/registry-reference.ts'
import { exportCache } from '../../src/registry/export-cache.ts'
import { openCacheSource } from '../../src/registry/open-cache-source.ts'
import { pushImage } from '../../src/registry/push-image.ts'
import { type CachedStep, withCachedSteps } from '../../src/store/built/cache-document.ts'
import { publishLayers } from '../../src/store/built/publish-layers.ts'
import { parseStepKey, readStepRecord } from '../../src/store/built/step-records.ts'
import { writeBuiltImage } from '../../src/store/built/write-built-image.ts'
import { parseImageKey } from '../../src/store/images/image-key.ts'
import { layerFolder } from '../../src/store/layers/layer-paths.ts'
import { hasLayer } from '../../src/store/layers/layer-store.ts'
import { openLease } from '../../src/store/lease.ts'
import type { StorePaths } from '../../src/store/store-paths.ts'
import { sealedFolder } from '../support/built-image.ts'
import { writeLayout } from '../support/hand-made-layout.ts'
import { describeFolder } from '../support/layer-folder.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { startFaultProxy } from '../support/registry/fault-proxy.ts'
import { serveImages } from '../support/registry/served-image.ts'
import { tarArchive } from '../support/tar-archive.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

function aCache(type: BuildCache['type'], options: Readonly<Record<string, string>>): BuildCache {
  return { type, options: new Map(Object.entries(options)), origin: servicePath('a', 'build') }
}

async function makeSteps(paths: StorePaths, names: readonly string[]): Promise<readonly CachedStep[]> {
  using lease = openLease(paths)
  const layers = await Promise.all(
    names.map(name =>
      sealedFolder(paths, [{ path: name, kind: 'file', content: name.repeat(1000), uid: 5 }]),
    ),
  )
  await publishLayers(paths, layers, lease)
  return layers.map(({ sealed }, index) => ({
    key: parseStepKey(sha256Hex(`key ${names[index]}`)),
    record: {
      resultId: sha256Hex(`result ${names[index]}`),
      diffId: sealed.diffId,
      text: `RUN ${names[index]}`,
      createdAt: 5,
    },
  }))
}

function storesIn({ path }: TemporaryFolder) {
  return {
    paths: { data: join(path, 'data') },
    other: { data: join(path, 'other') },
    folder: join(path, 'c'),
  }
}

async function find(paths: StorePaths, cache: BuildCache, { key }: CachedStep) {
  using lease = openLease(paths)
  await using source = await openCacheSource(paths, cache)
  return await source.find(key, lease)
}

describe('a build cache in a folder', () => {
  test('brings the layer of a step when it is asked for', async () => {
    using root = temporaryFolder()
    const { paths, other, folder } = storesIn(root)
    const [one, two] = await makeSteps(paths, ['one', 'two'])
    if (one === undefined || two === undefined) throw new Error('no steps were made')
    await exportCache(paths, { cache: aCache('local', { dest: folder }), steps: [one, two] })
    const from = aCache('local', { src: folder })
    expect(await find(other, from, two)).toEqual(two.record)
    expect(readStepRecord(other, two.key)).toEqual(two.record)
    expect([one, two].map(({ record }) => hasLayer(other, record.diffId))).toEqual([false, true])
    const [made, brought] = [paths, other].map(store => layerFolder(store, two.record.diffId))
    expect(describeFolder(brought ?? '')).toBe(describeFolder(made ?? ''))
    expect(await find(other, from, { ...one, key: parseStepKey('0'.repeat(64)) })).toBeUndefined()
    expect(readdirSync(join(other.data, 'images')).filter(name => name.startsWith('tmp-'))).toEqual([])
  })

  test('keeps what other tags name, and nothing of what was there before', async () => {
    using root = temporaryFolder()
    const { paths, folder } = storesIn(root)
    const [one, two, three] = await makeSteps(paths, ['one', 'two', 'three'])
    if (one === undefined || two === undefined || three === undefined) throw new Error('no steps were made')
    await exportCache(paths, { cache: aCache('local', { dest: folder, tag: 'other' }), steps: [one] })
    await exportCache(paths, { cache: aCache('local', { dest: folder }), steps: [two] })
    await exportCache(paths, { cache: aCache('local', { dest: folder }), steps: [three] })
    // A manifest, a configuration and a layer for each tag.
    expect(readdirSync(join(folder, 'blobs/sha256'))).toHaveLength(6)
    expect(await find(paths, aCache('local', { src: folder, tag: 'other' }), one)).toEqual(one.record)
    expect(await find(paths, aCache('local', { src: folder }), two)).toBeUndefined()
    expect(await find(paths, aCache('local', { src: folder }), three)).toEqual(three.record)
  })

  test('is an error where it is no image layout, and has no steps where it is another image', async () => {
    using root = temporaryFolder()
    const { other, folder } = storesIn(root)
    const from = aCache('local', { src: folder })
    await expect(openCacheSource(other, from)).rejects.toMatchObject({ code: 'build-cache' })
    mkdirSync(folder)
    writeFileSync(join(folder, 'index.json'), '{"manifests":[]}')
    await expect(openCacheSource(other, from)).rejects.toMatchObject({ code: 'build-cache' })
    rmSync(folder, { recursive: true })
    writeLayout(folder, [{ layers: [await tarArchive([{ name: 'x' }])], tag: 'latest' }])
    await using source = await openCacheSource(other, from)
    expect(source.count).toBe(0)
  })

  test('refuses a layer that is damaged', async () => {
    using root = temporaryFolder()
    const { paths, other, folder } = storesIn(root)
    const [step] = await makeSteps(paths, ['one'])
    if (step === undefined) throw new Error('no step was made')
    await exportCache(paths, { cache: aCache('local', { dest: folder }), steps: [step] })
    const blobs = join(folder, 'blobs/sha256')
    for (const name of readdirSync(blobs))
      if (!isDocument(join(blobs, name))) truncateSync(join(blobs, name), 5)
    await expect(find(other, aCache('local', { src: folder }), step)).rejects.toThrow()
    expect(hasLayer(other, step.record.diffId)).toBe(false)
    expect(readStepRecord(other, step.key)).toBeUndefined()
  })
})

describe('a build cache in a registry', () => {
  test('is written once and read where its steps are asked for', MAY_DOWNLOAD, async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await using proxy = await startFaultProxy(served.host, () => ({ kind: 'none' }))
    using root = temporaryFolder()
    const { paths, other } = storesIn(root)
    const steps = await makeSteps(paths, ['one', 'two'])
    const [one] = steps
    if (one === undefined) throw new Error('no steps were made')
    const cache = aCache('registry', { ref: `${proxy.host}/t/cache:1`, mode: 'max' })
    const bodies = () => proxy.calls.filter(({ method }) => method === 'PATCH').length
    await exportCache(paths, { cache, steps, environment: {} })
    expect(bodies()).toBe(3)
    await exportCache(paths, { cache, steps: [one], environment: {} })
    // Another configuration, and no layer again.
    expect(bodies()).toBe(4)
    expect(await find(other, cache, one)).toEqual(one.record)
    expect(hasLayer(other, one.record.diffId)).toBe(true)
    const missing = aCache('registry', { ref: `${proxy.host}/t/cache:2` })
    await expect(openCacheSource(other, missing)).rejects.toMatchObject({ code: 'build-cache' })
  })

  test('is in the image itself of type inline', MAY_DOWNLOAD, async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    using root = temporaryFolder()
    const { paths, other } = storesIn(root)
    const steps = await makeSteps(paths, ['one', 'two'])
    const [, two] = steps
    if (two === undefined) throw new Error('no steps were made')
    const reference = `${served.host}/t/app:1`
    const rootfs = { type: 'layers', diff_ids: steps.map(({ record }) => record.diffId) }
    const document = withCachedSteps({ os: 'linux', architecture: 'amd64', config: {}, rootfs }, steps)
    using lease = openLease(paths)
    await writeBuiltImage(paths, { document, names: [parseImageKey(reference)], lease })
    await exportCache(paths, { cache: aCache('inline', {}), steps })
    const target = parseRegistryReference(reference)
    await pushImage({ paths, target, reference, onProgress: () => {}, environment: {} })
    expect(await find(other, aCache('registry', { ref: reference }), two)).toEqual(two.record)
  })
})

describe('cachePlace()', () => {
  const cases = [
    { cache: aCache('local', {}), message: 'Cannot use cache_from of type local: it has no "src"' },
    { cache: aCache('registry', { ref: '#' }), message: 'Cannot use cache_from: "#" is no name of an image' },
    { cache: aCache('inline', {}), message: 'Cannot use cache_from of type inline: it names no image' },
  ]
  for (const { cache, message } of cases) {
    test(`refuses to read ${cache.type} ${JSON.stringify([...cache.options])}`, async () => {
      using root = temporaryFolder()
      await expect(openCacheSource({ data: root.path }, cache)).rejects.toMatchObject({
        code: 'build-cache',
        message,
      })
    })
  }
})

function isDocument(file: string): boolean {
  return readFileSync(file).subarray(0, 1).toString() === '{'
}
