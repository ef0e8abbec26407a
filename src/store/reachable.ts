import type { Digest } from '../base/digest.ts'
import type { ImageKey } from './images/image-key.ts'
import { mountedLayersOf, readManifest, type StoreContents } from './store-contents.ts'
import type { StorePaths } from './store-paths.ts'

/** What must stay in the store. */
export interface Reachable {
  readonly blobs: ReadonlySet<string>
  /** By diffID. */
  readonly layers: ReadonlySet<string>
}

/** What else is needed than what the store's records speak of. */
export interface Needs {
  /** @default none */
  readonly leases?: ReadonlySet<string>
  /** Images of containers. @default none */
  readonly used?: Iterable<Digest>
}

/**
 * Returns all that names, images and leases lead to. An image leads to its unpacked layers, its configuration, and its
 * manifest with the packed layers; a name also to the index by which its registry knows it.
 */
export function reachableFrom(
  roots: StorePaths,
  contents: StoreContents,
  { leases = new Set(), used = [] }: Needs = {},
): Reachable {
  const blobs = new Set<string>()
  const layers = new Set<string>()
  const reachManifest = (digest: Digest | undefined): void => {
    if (digest === undefined) return
    blobs.add(digest)
    const named = readManifest(roots, digest)
    for (const blob of named === undefined ? [] : [named.config, ...named.layers]) blobs.add(blob)
  }
  for (const { digest } of contents.index) reachManifest(digest)
  for (const { manifest } of contents.records.values()) reachManifest(manifest)
  for (const { fingerprint } of contents.references) blobs.add(fingerprint)
  for (const id of [...contents.records.keys(), ...contents.names.keys(), ...used]) {
    blobs.add(id)
    for (const layer of mountedLayersOf(roots, contents, id)) layers.add(layer)
  }
  for (const thing of leases) {
    const [kind, key = ''] = thing.split(' ')
    if (kind === 'blob') blobs.add(key)
    else if (kind === 'layer') layers.add(key)
  }
  return { blobs, layers }
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
