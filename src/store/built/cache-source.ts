import type { Member } from '../../archive/content-source.ts'
import type { Digest } from '../../base/digest.ts'
import type { FileSlice } from '../../disk/file-slice.ts'
import { FileSystemSync } from '../../disk/file-system-sync.ts'
import { layersFolder } from '../layers/layer-paths.ts'
import { hasLayer, storeLayer, syncLayerNames } from '../layers/layer-store.ts'
import { unpackLayer } from '../layers/unpack-layer.ts'
import type { Lease } from '../lease.ts'
import type { StorePaths } from '../store-paths.ts'
import { type StepKey, type StepRecord, writeStepRecord } from './step-records.ts'

/** A blob on this machine, until it is disposed. */
export interface ObtainedBlob extends AsyncDisposable {
  readonly slice: FileSlice
}

/** What a cache holds, and how to get at it. */
export interface CacheContent {
  readonly steps: ReadonlyMap<StepKey, StepRecord>
  /** Blobs of layers, by diffID. */
  readonly layers: ReadonlyMap<Digest, Member>
  readonly obtain: (member: Member) => Promise<ObtainedBlob>
}

/** Steps of builds that were made elsewhere. A layer comes into the store when its step is asked for. */
export class CacheSource implements AsyncDisposable {
  readonly #paths: StorePaths
  readonly #content: CacheContent
  readonly #close: () => Promise<void>
  readonly #coming = new Map<Digest, Promise<void>>()

  constructor(paths: StorePaths, content: CacheContent, close: () => Promise<void> = async () => {}) {
    this.#paths = paths
    this.#content = content
    this.#close = close
  }

  /** How many steps it has. */
  get count(): number {
    return this.#content.steps.size
  }

  /**
   * Returns the record of a step, which the store has from then on with its layer; undefined for a step that the cache
   * does not have.
   *
   * @param lease Keeps the layer.
   * @throws {TcomposeError} `image-layer` if the layer is not what it should be; as registries do if it does not come.
   */
  async find(key: StepKey, lease: Lease): Promise<StepRecord | undefined> {
    const { steps, layers } = this.#content
    const record = steps.get(key)
    const member = record === undefined ? undefined : layers.get(record.diffId)
    if (record === undefined || member === undefined) return undefined
    const { diffId } = record
    await lease.keep([`layer ${diffId}`])
    if (!hasLayer(this.#paths, diffId)) await this.#bring(diffId, member)
    writeStepRecord(this.#paths, key, record)
    return record
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#coming.values())
    await this.#close()
  }

  #bring(diffId: Digest, member: Member): Promise<void> {
    const coming = this.#coming.get(diffId) ?? this.#bringNow(diffId, member)
    this.#coming.set(diffId, coming)
    return coming
  }

  async #bringNow(diffId: Digest, member: Member): Promise<void> {
    const disk = new FileSystemSync(layersFolder(this.#paths))
    const unpack = async (folder: string) => {
      await using blob = await this.#content.obtain(member)
      const source = { kind: 'whole', slice: blob.slice, digest: member.digest } as const
      return await unpackLayer({ source, diffId, folder }, () => {})
    }
    await storeLayer(this.#paths, diffId, { unpack, flush: () => disk.flush() })
    syncLayerNames(this.#paths)
  }
}

/** Pairs the layers of an image with its diffIDs. @throws {SyntaxError} If there are more of one than of the other. */
export function layersByDiffId(
  members: readonly Member[],
  diffIds: readonly Digest[],
): ReadonlyMap<Digest, Member> {
  if (members.length !== diffIds.length) {
    throw new SyntaxError(`its configuration names ${diffIds.length} layers, expected ${members.length}`)
  }
  return new Map(
    diffIds.flatMap((diffId, index) => {
      const member = members[index]
      return member === undefined ? [] : [[diffId, member] as const]
    }),
  )
}
