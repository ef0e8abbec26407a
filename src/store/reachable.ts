import type { Digest } from '../base/digest.ts'
import type { StepRecord } from './built/step-records.ts'
import type { ImageKey } from './images/image-key.ts'
import { readPackedLayer } from './layers/packed-layer.ts'
import { manifestOf, mountedLayersOf, readManifest, type StoreContents } from './store-contents.ts'
import type { StorePaths } from './store-paths.ts'

/** What must stay in the store. */
export interface Reachable {
  readonly blobs: ReadonlySet<string>
  /** By diffID. */
  readonly layers: ReadonlySet<string>
}

/** What is needed besides what the store's records lead to. */
export interface Needs {
  /** @default none */
  readonly leases?: ReadonlySet<string>
  /** Images of containers. @default none */
  readonly used?: Iterable<Digest>
  /** Steps of builds. @default none */
  readonly steps?: Iterable<Pick<StepRecord, 'diffId'>>
}

/**
 * Returns all that names, images, steps and leases lead to. An image leads to its unpacked layers, its configuration,
 * and its manifest with the packed layers; one that was built to those packed layers that are noted of its unpacked ones;
 * a name also to the index by which its registry knows it. A step leads to its layer.
 */
export function reachableFrom(
  paths: StorePaths,
  contents: StoreContents,
  { leases = new Set(), used = [], steps = [] }: Needs = {},
): Reachable {
  const blobs = new Set<string>()
  const layers = new Set<string>()
  const reachManifest = (digest: Digest | undefined): void => {
    if (digest === undefined) return
    blobs.add(digest)
    const named = readManifest(paths, digest)
    for (const blob of named === undefined ? [] : [named.config, ...named.layers]) blobs.add(blob)
  }
  const reachImage = (id: Digest): void => {
    blobs.add(id)
    const mounted = mountedLayersOf(paths, contents, id)
    for (const layer of mounted) layers.add(layer)
    const packed = manifestOf(contents, id) === undefined ? notedBlobs(paths, mounted) : []
    for (const blob of packed) blobs.add(blob)
  }
  for (const { digest } of contents.index) reachManifest(digest)
  for (const { manifest } of contents.records.values()) reachManifest(manifest)
  for (const { fingerprint } of contents.references) blobs.add(fingerprint)
  for (const id of [...contents.records.keys(), ...contents.names.keys(), ...used]) reachImage(id)
  for (const { diffId } of steps) layers.add(diffId)
  for (const thing of leases) {
    const [kind, key = ''] = thing.split(' ')
    if (kind === 'blob') blobs.add(key)
    else if (kind === 'layer') layers.add(key)
  }
  return { blobs, layers }
}

function notedBlobs(paths: StorePaths, diffIds: readonly Digest[]): readonly Digest[] {
  return diffIds.flatMap(diffId => readPackedLayer(paths, diffId)?.digest ?? [])
}

/** Returns `contents` as they are without some names and images. */
export function withoutImages(
  contents: StoreContents,
  { names, images }: { readonly names: ReadonlySet<ImageKey>; readonly images: ReadonlySet<Digest> },
): StoreContents {
  return {
    index: contents.index.filter(({ name }) => !names.has(name)),
    references: contents.references.filter(({ reference }) => !names.has(reference)),
    records: new Map([...contents.records].filter(([id]) => !images.has(id))),
    names: new Map(
      [...contents.names].flatMap(([id, all]) => {
        const kept = all.filter(name => !names.has(name))
        return kept.length === 0 ? [] : [[id, kept] as const]
      }),
    ),
  }
}
