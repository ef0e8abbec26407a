import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { digestHex } from '../../src/base/digest.ts'
import { parseRegistryReference } from '../../src/oci/registry-reference.ts'
import { type PushedImage, pushImage } from '../../src/registry/push-image.ts'
import { parseImageKey } from '../../src/store/images/image-key.ts'
import { readReferenceRecord } from '../../src/store/images/image-record.ts'
import { inspectImage } from '../../src/store/inspect-image.ts'
import { layerFolder, packedLayerFile } from '../../src/store/layers/layer-paths.ts'
import { tagImage } from '../../src/store/tag-image.ts'
import { buildImage } from '../support/built-image.ts'
import { fetchImage } from '../support/fetch-image.ts'
import { describeFolder, type LayerFolderEntry } from '../support/layer-folder.ts'
import { findProgram, MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { type FaultProxy, startFaultProxy } from '../support/registry/fault-proxy.ts'
import { noise, type ServedImages, serveImages } from '../support/registry/served-image.ts'
import { tarArchive } from '../support/tar-archive.ts'

const LAYERS: ReadonlyArray<readonly LayerFolderEntry[]> = [
  [
    { path: 'd', kind: 'folder', mode: 0o750, mtime: 1_600_000_000_123_000_000n },
    { path: 'd/a', kind: 'file', content: noise(200_000, 3), uid: 3_000_000 },
    { path: 'gone', kind: 'whiteout' },
  ],
  [],
]

/** A registry with `t/img:1`, and a store with `<host>/t/app:1` that was built on it. All requests go through `proxy`. */
interface Scene extends AsyncDisposable {
  readonly served: ServedImages
  readonly proxy: FaultProxy
  readonly paths: { readonly data: string; readonly run: string }
  readonly built: Awaited<ReturnType<typeof buildImage>>
}

async function makeScene(): Promise<Scene | { readonly missing: string }> {
  const served = await serveImages()
  if (served.kind === 'missing') return { missing: served.reason }
  const base = await tarArchive([{ name: 'x', content: noise(100_000, 4) }])
  await served.push('1', { layers: [base] })
  const proxy = await startFaultProxy(served.host, () => ({ kind: 'none' }))
  const paths = { data: join(served.folder, 'data'), run: join(served.folder, 'run') }
  await fetchImage(paths, { reference: `${proxy.host}/t/img:1` }, { onProgress: () => {} })
  const { layers } = inspectImage(paths, { reference: `${proxy.host}/t/img:1` }, new Map())
  const built = await buildImage(paths, {
    names: [`${proxy.host}/t/app:1`],
    base: layers,
    layers: LAYERS,
  })
  return {
    served,
    proxy,
    paths,
    built,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await served[Symbol.asyncDispose]()
    },
  }
}

async function push({ paths, proxy }: Scene, name: string): Promise<PushedImage> {
  const reference = `${proxy.host}/${name}`
  return await pushImage({
    paths,
    target: parseRegistryReference(reference),
    reference,
    onProgress: () => {},
    environment: {},
    wait: async () => {},
  })
}

/** Does `work` and returns how many requests there were: bodies of blobs, blobs that were taken over. */
async function counted(proxy: FaultProxy, work: () => Promise<unknown>) {
  const before = proxy.calls.length
  await work()
  const calls = proxy.calls.slice(before)
  return {
    bodies: calls.filter(({ method }) => method === 'PATCH').length,
    mounts: calls.filter(({ path }) => path.includes('mount=sha256')).length,
  }
}

function temporaries(data: string): readonly string[] {
  return readdirSync(join(data, 'images')).filter(name => name.startsWith('tmp-'))
}

describe('pushImage() of an image that was built', () => {
  test('gives the registry what is pulled as the same image', MAY_DOWNLOAD, async ({ skip }) => {
    const scene = await makeScene()
    if ('missing' in scene) return skip(scene.missing)
    await using _scene = scene
    const { paths, proxy, built, served } = scene
    const pushed = await push(scene, 't/app:1')
    expect(pushed.wasThere).toBe(false)
    const other = { data: join(served.folder, 'other'), run: paths.run }
    const reference = `${proxy.host}/t/app:1`
    expect((await fetchImage(other, { reference }, { onProgress: () => {} })).id).toBe(built.id)
    for (const diffId of built.diffIds) {
      expect(describeFolder(layerFolder(other, diffId))).toBe(describeFolder(layerFolder(paths, diffId)))
    }
    expect(readReferenceRecord(paths, parseImageKey(reference))?.fingerprint).toBe(pushed.digest)
    expect(await push(scene, 't/app:1')).toEqual({ ...pushed, wasThere: true })
    expect(temporaries(paths.data)).toEqual([])
  })

  test('gives the registry what skopeo reads back', MAY_DOWNLOAD, async ({ skip }) => {
    const scene = await makeScene()
    if ('missing' in scene) return skip(scene.missing)
    await using _scene = scene
    const { digest } = await push(scene, 't/app:1')
    const skopeo = await findProgram('skopeo')
    if (skopeo.kind === 'missing') return skip(skopeo.reason)
    const [program = '', ...words] = skopeo.command
    const copy = join(scene.served.folder, 'copy')
    const from = `docker://${scene.served.host}/t/app:1`
    const flags = ['--src-tls-verify=false', '--preserve-digests']
    execFileSync(program, [...words, 'copy', ...flags, from, `oci:${copy}:x`], { stdio: 'pipe' })
    expect(readdirSync(join(copy, 'blobs/sha256'))).toContain(digestHex(digest))
  })

  test('packs no layer twice, and has blobs taken over', MAY_DOWNLOAD, async ({ skip }) => {
    const scene = await makeScene()
    if ('missing' in scene) return skip(scene.missing)
    await using _scene = scene
    const { proxy, paths } = scene
    // The configuration and two layers are sent; that of the base comes from its repository.
    expect(await counted(proxy, () => push(scene, 't/app:1'))).toEqual({ bodies: 3, mounts: 1 })
    await tagImage(paths, `${proxy.host}/t/app:1`, `${proxy.host}/t/app:2`)
    expect(await counted(proxy, () => push(scene, 't/app:2'))).toEqual({ bodies: 0, mounts: 0 })
    await tagImage(paths, `${proxy.host}/t/app:1`, `${proxy.host}/another/app:1`)
    expect(await counted(proxy, () => push(scene, 'another/app:1'))).toEqual({ bodies: 0, mounts: 4 })
  })

  test(
    'sends a layer that is packed as another blob than was noted of it',
    MAY_DOWNLOAD,
    async ({ skip }) => {
      const scene = await makeScene()
      if ('missing' in scene) return skip(scene.missing)
      await using _scene = scene
      const { paths, built, served } = scene
      const [diffId] = built.diffIds
      if (diffId === undefined) throw new Error('no layer was built')
      const note = packedLayerFile(paths, diffId)
      mkdirSync(join(note, '..'), { recursive: true })
      writeFileSync(note, `sha256:${'ab'.repeat(32)} 5 application/vnd.oci.image.layer.v1.tar+gzip\n`)
      await push(scene, 't/app:1')
      const other = { data: join(served.folder, 'other'), run: paths.run }
      const reference = `${scene.proxy.host}/t/app:1`
      expect((await fetchImage(other, { reference }, { onProgress: () => {} })).id).toBe(built.id)
    },
  )

  test('refuses a layer whose files have changed', MAY_DOWNLOAD, async ({ skip }) => {
    const scene = await makeScene()
    if ('missing' in scene) return skip(scene.missing)
    await using _scene = scene
    const [diffId] = scene.built.diffIds
    if (diffId === undefined) throw new Error('no layer was built')
    mkdirSync(join(layerFolder(scene.paths, diffId), 'more'))
    await expect(push(scene, 't/app:1')).rejects.toMatchObject({
      code: 'image-not-found',
      message: `Cannot push image "${scene.proxy.host}/t/app:1": the store has its layer ${diffId} unpacked only, expected the packed form in which it came`,
    })
    expect(temporaries(scene.paths.data)).toEqual([])
  })
})
