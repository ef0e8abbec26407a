import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../src/base/digest.ts'
import { temporaryName } from '../../src/disk/temporary-name.ts'
import { LayerSealer } from '../../src/store/built/layer-sealer.ts'
import { publishLayers, type UnpublishedLayer } from '../../src/store/built/publish-layers.ts'
import { writeBuiltImage } from '../../src/store/built/write-built-image.ts'
import { parseImageKey } from '../../src/store/images/image-key.ts'
import { makeLayerStore } from '../../src/store/layers/layer-store.ts'
import { type Lease, openLease } from '../../src/store/lease.ts'
import type { StorePaths } from '../../src/store/store-paths.ts'
import { type LayerFolderEntry, makeLayerFolder } from './layer-folder.ts'

/** Makes and hashes a layer as a step of a build does. */
export async function sealedFolder(
  paths: StorePaths,
  entries: readonly LayerFolderEntry[],
): Promise<UnpublishedLayer> {
  makeLayerStore(paths)
  const folder = join(paths.data, 'layers', temporaryName())
  mkdirSync(folder, { mode: 0o755 })
  makeLayerFolder(folder, entries)
  await using sealer = new LayerSealer()
  return { folder, sealed: await sealer.seal(folder) }
}

/** What an image of a test is built from. */
export interface BuiltImageParts {
  /** Names in full form, e.g. `docker.io/library/app:latest`. */
  readonly names: readonly string[]
  /** Layers that the store has. @default none */
  readonly base?: readonly Digest[]
  readonly layers: ReadonlyArray<readonly LayerFolderEntry[]>
  /** The configuration's `config`. */
  readonly config?: object
}

/** Builds an image of layers made from scratch, and returns its id and its own layers. */
export async function buildImage(
  paths: StorePaths,
  parts: BuiltImageParts,
): Promise<{ readonly id: Digest; readonly diffIds: readonly Digest[] }> {
  using lease = openLease(paths)
  return await buildWith(paths, parts, lease)
}

async function buildWith(
  paths: StorePaths,
  { names, base = [], layers, config = {} }: BuiltImageParts,
  lease: Lease,
): Promise<{ readonly id: Digest; readonly diffIds: readonly Digest[] }> {
  const sealed: UnpublishedLayer[] = []
  for (const entries of layers) sealed.push(await sealedFolder(paths, entries))
  await publishLayers(paths, sealed, lease)
  const diffIds = sealed.map(layer => layer.sealed.diffId)
  const document = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2020-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: [...base, ...diffIds] },
  }
  return { id: await writeBuiltImage(paths, { document, names: names.map(parseImageKey), lease }), diffIds }
}
