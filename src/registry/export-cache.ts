import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../archive/content-source.ts'
import { parseDigest } from '../base/digest.ts'
import { makePrivateFolder } from '../disk/record-file.ts'
import { temporaryName } from '../disk/temporary-name.ts'
import type { BuildCache } from '../model/build.ts'
import { machinePlatform, parsedPlatform } from '../oci/platform.ts'
import { formatRegistryReference } from '../oci/registry-reference.ts'
import { type CachedStep, cacheDocument } from '../store/built/cache-document.ts'
import { canonicalJson } from '../store/built/canonical-json.ts'
import { LayerPackedAnew, LayerPacker } from '../store/built/layer-packer.ts'
import { imageFolders } from '../store/images/image-record.ts'
import { openLease } from '../store/lease.ts'
import type { StorePaths } from '../store/store-paths.ts'
import { contentOf, uploadedLayers } from './built-content.ts'
import { asCacheError, type CacheOptions, type CachePlace, cachePlace } from './cache-place.ts'
import { pushContent } from './push-image.ts'
import type { UploadedBlob } from './upload-blob.ts'
import { writeCacheFolder } from './write-cache-folder.ts'

/** What to write where. */
export interface ExportCacheRequest extends CacheOptions {
  readonly cache: BuildCache
  /** Their layers are in the store. */
  readonly steps: readonly CachedStep[]
}

/**
 * Writes steps with their layers where `cache_to` says, in place of what was there. Layers that are there already are
 * neither packed nor sent. Of type `inline` nothing is written: the image has its steps by `withCachedSteps`.
 *
 * @throws {TcomposeError} `build-cache` if it cannot be written.
 */
export async function exportCache(paths: StorePaths, request: ExportCacheRequest): Promise<void> {
  const place = cachePlace(request.cache, 'to')
  if (place.kind === 'inline') return
  await using packer = new LayerPacker(paths, request.signal)
  const write = () => exportTo(paths, place, { ...request, packer })
  try {
    await write().catch(async (error: unknown) => {
      if (!(error instanceof LayerPackedAnew)) throw error
      await write()
    })
  } catch (error) {
    throw asCacheError(`write the build cache "${labelOf(place)}"`, error)
  }
}

type WrittenPlace = Exclude<CachePlace, { kind: 'inline' }>

async function exportTo(
  paths: StorePaths,
  place: WrittenPlace,
  { steps, packer, ...options }: ExportCacheRequest & { readonly packer: LayerPacker },
): Promise<void> {
  using lease = openLease(paths)
  await using sources = new AsyncDisposableStack()
  const reference = labelOf(place)
  const diffIds = [...new Set(steps.map(({ record }) => record.diffId))]
  const openSource = async () => undefined
  const request = { reference, openSource, packer, sources, lease }
  const layers = await uploadedLayers(paths, diffIds, request)
  using config = configOf(paths, steps)
  const { manifest, blobs } = contentOf(config.blob, layers)
  if (place.kind === 'folder') return await writeCacheFolder(place, manifest, blobs)
  const content = {
    top: manifest,
    inner: [],
    blobs,
    pulledAs: undefined,
    built: undefined,
    pushedTo: new Map(),
  }
  await pushContent({ ...options, paths, target: place.reference, reference, onProgress: () => {} }, content)
}

/** The configuration is no image of the store: it is in a file for a while. */
function configOf(
  paths: StorePaths,
  steps: readonly CachedStep[],
): Disposable & { readonly blob: UploadedBlob } {
  const bytes = Buffer.from(canonicalJson(cacheDocument(steps, parsedPlatform(machinePlatform()))))
  const { images } = imageFolders(paths)
  makePrivateFolder(images)
  const file = join(images, temporaryName())
  writeFileSync(file, bytes, { mode: 0o600 })
  const slice = { file, offset: 0, size: bytes.length }
  return {
    blob: { digest: parseDigest(sha256(bytes)), size: bytes.length, obtain: async () => slice },
    [Symbol.dispose]: () => rmSync(file, { force: true }),
  }
}

function labelOf(place: WrittenPlace): string {
  return place.kind === 'folder' ? place.path : formatRegistryReference(place.reference)
}
