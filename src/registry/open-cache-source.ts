import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  folderSource,
  loadDocument,
  loadMember,
  locateMember,
  type Member,
} from '../archive/content-source.ts'
import { callerEnvironment } from '../base/caller-environment.ts'
import { type JsonObject, parseJsonObject } from '../base/json-reader.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { makePrivateFolder } from '../disk/record-file.ts'
import { temporaryName } from '../disk/temporary-name.ts'
import type { BuildCache } from '../model/build.ts'
import { parseDiffIds } from '../oci/image-config.ts'
import { chooseFromIndex, DEEPEST_INDEX, findOciImage, imageOfManifest } from '../oci/image-layout.ts'
import { machinePlatform } from '../oci/platform.ts'
import { formatRegistryReference, type RegistryReference } from '../oci/registry-reference.ts'
import { withReference } from '../oci/with-reference.ts'
import { readCachedSteps } from '../store/built/cache-document.ts'
import {
  type CacheContent,
  CacheSource,
  layersByDiffId,
  type ObtainedBlob,
} from '../store/built/cache-source.ts'
import { imageFolders } from '../store/images/image-record.ts'
import type { StorePaths } from '../store/store-paths.ts'
import { asCacheError, type CacheOptions, type CachePlace, cachePlace } from './cache-place.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import { ImageRepository } from './image-repository.ts'

/**
 * Opens a cache that `cache_from` names. Its layers come when their steps are asked for. An image that is no cache has
 * no steps.
 *
 * @throws {TcomposeError} `build-cache` if it cannot be read.
 */
export async function openCacheSource(
  paths: StorePaths,
  cache: BuildCache,
  options: CacheOptions = {},
): Promise<CacheSource> {
  const place = cachePlace(cache, 'from')
  switch (place.kind) {
    case 'folder':
      return openFolder(paths, place)
    case 'registry':
      return await openRegistry(paths, place.reference, options)
    case 'inline':
      throw new TcomposeError('build-cache', 'Cannot use cache_from of type inline: it names no image', {
        hint: 'Use type=registry with the name of the image that holds the cache',
      })
  }
}

function openFolder(paths: StorePaths, { path, tag }: Extract<CachePlace, { kind: 'folder' }>): CacheSource {
  try {
    const source = folderSource(path)
    const content = withReference(path, () => {
      const found = findOciImage(source, { reference: path, tag, platform: machinePlatform() })
      return contentOf(loadDocument(source, found.config), found.layers, async member => ({
        slice: locateMember(source, member),
        [Symbol.asyncDispose]: async () => {},
      }))
    })
    return new CacheSource(paths, content)
  } catch (error) {
    throw asCacheError(`read the build cache "${path}"`, error)
  }
}

async function openRegistry(
  paths: StorePaths,
  parsed: RegistryReference,
  { signal, environment = callerEnvironment(process.env), wait }: CacheOptions,
): Promise<CacheSource> {
  const reference = formatRegistryReference(parsed)
  const repository = new ImageRepository({
    parsed,
    reference,
    environment,
    signal,
    wait: wait ?? (ms => delay(ms, undefined, { signal })),
  })
  try {
    const { config, layers } = await findImage(repository, parsed, reference)
    const obtain = (member: Member) => download(paths, repository, member)
    await using blob = await obtain(config)
    const document = withReference(reference, () => documentIn(blob, config))
    const content = withReference(reference, () => contentOf(document, layers, obtain))
    return new CacheSource(paths, content, () => repository[Symbol.asyncDispose]())
  } catch (error) {
    await repository[Symbol.asyncDispose]()
    throw asCacheError(`read the build cache "${reference}"`, error)
  }
}

async function findImage(repository: ImageRepository, parsed: RegistryReference, reference: string) {
  const { digest, tag = 'latest' } = parsed
  let manifest: ManifestDocument = await repository.manifest(digest === undefined ? { tag } : { digest })
  for (let depth = 0; 'manifests' in manifest.document && depth < DEEPEST_INDEX; depth++) {
    const { document } = manifest
    const chosen = withReference(reference, () =>
      chooseFromIndex(document, { reference, platform: machinePlatform() }),
    )
    manifest = await repository.manifest({ digest: chosen })
  }
  return withReference(reference, () => imageOfManifest(manifest.document))
}

function documentIn({ slice }: ObtainedBlob, { digest }: Member): JsonObject {
  const source = { find: () => slice }
  return parseJsonObject(loadMember(source, { name: 'config', digest, size: slice.size }), 'configuration')
}

function contentOf(
  document: JsonObject,
  members: readonly Member[],
  obtain: CacheContent['obtain'],
): CacheContent {
  const steps = readCachedSteps(document)
  if (steps.size === 0) return { steps, layers: new Map(), obtain }
  return { steps, layers: layersByDiffId(members, parseDiffIds(document)), obtain }
}

async function download(
  paths: StorePaths,
  repository: ImageRepository,
  { name, digest, size }: Member,
): Promise<ObtainedBlob> {
  if (digest === undefined || size === undefined) throw new SyntaxError(`"${name}" has no digest or size`)
  const { images } = imageFolders(paths)
  makePrivateFolder(images)
  const file = join(images, temporaryName())
  const remove = () => rm(file, { force: true })
  try {
    await repository.download({ digest, size, file, onBytes: () => {} })
    return { slice: { file, offset: 0, size }, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}
