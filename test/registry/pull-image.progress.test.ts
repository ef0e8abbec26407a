import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/archive/content-source.ts'
import type { FetchProgress } from '../../src/engine/engine.ts'
import { machinePlatform } from '../../src/oci/platform.ts'
import { parseReference } from '../../src/oci/reference.ts'
import { askImageId, type PullRequest, pullImage, resolveDigest } from '../../src/registry/pull-image.ts'
import { NO_LEASE } from '../support/no-lease.ts'
import { type Answer, askRegistry, type Call } from '../support/registry/scripted-registry.ts'
import { tarArchive } from '../support/tar-archive.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const TYPE = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'

/** An image of one layer, behind an index; what a registry has of it, by path. */
async function anImage() {
  const layer = await tarArchive([{ name: 'file', content: 'x'.repeat(100_000) }])
  const [os, architecture] = machinePlatform().split('/')
  const config = Buffer.from(
    JSON.stringify({ os, architecture, config: {}, rootfs: { type: 'layers', diff_ids: [sha256(layer)] } }),
  )
  const part = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: sha256(bytes),
    size: bytes.length,
  })
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: TYPE },
      config: part('application/vnd.oci.image.config.v1+json', config),
      layers: [part('application/vnd.oci.image.layer.v1.tar', layer)],
    }),
  )
  const index = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: INDEX },
      manifests: [{ ...part(TYPE, manifest), platform: { os, architecture } }],
    }),
  )
  const files = new Map([
    ['manifests/latest', index],
    [`manifests/${sha256(index)}`, index],
    [`manifests/${sha256(manifest)}`, manifest],
    [`blobs/${sha256(config)}`, config],
    [`blobs/${sha256(layer)}`, layer],
  ])
  const types = new Map<Buffer, string>([
    [index, INDEX],
    [manifest, TYPE],
  ])
  const answer = ({ path }: Call): Answer => {
    const body: Buffer | undefined = files.get(path)
    if (body === undefined) return { status: 404 }
    return { status: 200, headers: { 'content-type': types.get(body) ?? 'application/octet-stream' }, body }
  }
  return { answer, layer, config, id: sha256(config), top: sha256(index), manifest: sha256(manifest) }
}

function requestOf(folder: string, host: string, changes: Partial<PullRequest> = {}): PullRequest {
  const reference = `${host}/a/b`
  const parsed = parseReference(reference)
  if (parsed.kind !== 'registry') throw new Error(`${reference} is local`)
  return {
    paths: { data: join(folder, 'data') },
    areLayersInUse: () => false,
    ...{ reference, parsed, policy: 'missing', onProgress: () => {}, lease: NO_LEASE },
    ...{ environment: {}, wait: async () => {} },
    ...changes,
  }
}

test('pullImage() gets a name without a tag as "latest", and tells how far it is', async () => {
  using folder = temporaryFolder()
  const image = await anImage()
  const progress: FetchProgress[] = []
  const { result } = await askRegistry(image.answer, (_, host) => {
    return pullImage(requestOf(folder.path, host, { onProgress: one => progress.push(one) }))
  })
  expect(result).toMatchObject({
    ...{ record: { id: image.id }, digest: image.top, manifest: image.manifest, isConfirmed: true },
  })
  const bytes = progress.map(({ bytesDone }) => bytesDone)
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b))
  expect(progress.at(-1)).toMatchObject({
    ...{ isAllHere: true, layersDone: 1, layersTotal: 1, bytesDone: image.layer.length },
  })
})

test('pullImage() asks for nothing that the store has', async () => {
  using folder = temporaryFolder()
  const image = await anImage()
  const { result, calls } = await askRegistry(image.answer, async (_, host) => {
    const request = requestOf(folder.path, host)
    await pullImage(request)
    return [
      await pullImage({ ...request, policy: 'never' }),
      await pullImage({ ...request, policy: 'always' }),
    ]
  })
  expect(result).toMatchObject([
    { record: { id: image.id }, isConfirmed: false },
    { record: { id: image.id }, digest: image.top, isConfirmed: true },
  ])
  expect(calls.map(({ path }) => path).filter(path => path.startsWith('blobs/'))).toHaveLength(2)
})

test('pullImage() gets again what has changed in the store', async () => {
  using folder = temporaryFolder()
  const image = await anImage()
  const { result } = await askRegistry(image.answer, async (_, host) => {
    const request = requestOf(folder.path, host)
    await pullImage(request)
    const blob = join(folder.path, 'data/images/blobs', image.id.replace(':', '/'))
    writeFileSync(blob, 'x'.repeat(image.config.length))
    return await pullImage(request)
  })
  expect(result).toMatchObject({ record: { id: image.id } })
})

test('pullImage() with policy never gets nothing', async () => {
  using folder = temporaryFolder()
  const image = await anImage()
  const { result, calls } = await askRegistry(image.answer, (_, host) =>
    pullImage(requestOf(folder.path, host, { policy: 'never' })),
  )
  expect(result).toBeInstanceOf(Error)
  expect(calls).toEqual([])
})

test('askImageId() and resolveDigest() say what a name means, and store nothing', async () => {
  using folder = temporaryFolder()
  const image = await anImage()
  const { result, calls } = await askRegistry(image.answer, async (_, host) => {
    const request = requestOf(folder.path, host)
    return [await askImageId(request), await resolveDigest(request)]
  })
  expect(result).toEqual([image.id, image.top])
  expect(calls.some(({ path }) => path.startsWith('blobs/'))).toBe(false)
})
