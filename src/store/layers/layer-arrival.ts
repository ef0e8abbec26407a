import type { Member } from '../../archive/content-source.ts'
import type { Digest } from '../../base/digest.ts'
import { FileSystemSync } from '../../disk/file-system-sync.ts'
import { ArrivingBlob } from '../blobs/arriving-blob.ts'
import type { BlobProvider } from '../blobs/blob-provider.ts'
import type { StorePaths } from '../store-paths.ts'
import { layersFolder } from './layer-paths.ts'
import type { LayerSource } from './layer-source.ts'
import { type LayerMaking, storeLayer } from './layer-store.ts'
import type { UnpackedLayer } from './unpack-layer.ts'
import { isLargeBlob, type UnpackPool } from './unpack-pool.ts'

/** A layer that is to be in the store. */
export interface WantedLayer {
  readonly diffId: Digest
  readonly member: Member
  /** Bytes of its blob. */
  readonly size: number
  /** Bytes that still come from elsewhere are progress as they come, others as they are unpacked. */
  readonly isPresent: boolean
}

/** Brings the layers of one image into the store. */
export class LayerArrival {
  readonly #roots: StorePaths
  readonly #blobs: BlobProvider
  readonly #pool: UnpackPool
  readonly #disk: FileSystemSync

  constructor(roots: StorePaths, blobs: BlobProvider, pool: UnpackPool) {
    this.#roots = roots
    this.#blobs = blobs
    this.#pool = pool
    this.#disk = new FileSystemSync(layersFolder(roots))
  }

  /**
   * Gets the blob of a layer and unpacks it. A large one is unpacked while it comes: what then fails is tried again
   * with the whole blob, which alone can tell a damaged layer from a broken connection.
   *
   * @param onBytes Hears of progress.
   */
  async bring(layer: WantedLayer, onBytes: (bytes: number) => void): Promise<void> {
    if (layer.isPresent || !isLargeBlob(layer.size)) await this.#bringWhole(layer, onBytes)
    else await this.#bringStreaming(layer, onBytes)
  }

  async #bringWhole(layer: WantedLayer, onBytes: (bytes: number) => void): Promise<void> {
    const ignore = () => {}
    const [onArrived, onRead] = layer.isPresent ? [ignore, onBytes] : [onBytes, ignore]
    const slice = await this.#blobs.obtain(layer.member, { onBytes: onArrived, onPart: () => {} })
    const source: LayerSource = { kind: 'whole', slice, digest: layer.member.digest }
    await this.#store(layer, folder => this.#pool.unpack({ source, diffId: layer.diffId, folder }, onRead))
  }

  async #bringStreaming(layer: WantedLayer, onBytes: (bytes: number) => void): Promise<void> {
    using arriving = new ArrivingBlob(layer.size)
    const onPart = (file: string, present: number) => arriving.tell(file, present)
    const obtained = this.#blobs.obtain(layer.member, { onBytes, onPart })
    // What came by other means than `onPart` is read when it is whole; a failure is thrown below.
    obtained.catch(() => {}).finally(() => arriving.end())
    const isUnpacked = await this.#unpackArriving(layer, arriving, obtained)
    const slice = await obtained
    if (isUnpacked) return
    const source: LayerSource = { kind: 'whole', slice, digest: layer.member.digest }
    await this.#store(layer, folder => this.#pool.unpack({ source, diffId: layer.diffId, folder }, () => {}))
  }

  /** Stores the layer only after `obtained` has checked its blob. */
  async #unpackArriving(
    layer: WantedLayer,
    arriving: ArrivingBlob,
    obtained: Promise<unknown>,
  ): Promise<boolean> {
    const unpack = async (folder: string): Promise<UnpackedLayer> => {
      const source = await arriving.source()
      const unpacked = await this.#pool.unpack({ source, diffId: layer.diffId, folder }, () => {})
      await obtained
      return unpacked
    }
    return await this.#store(layer, unpack).then(
      () => true,
      () => false,
    )
  }

  #store({ diffId }: WantedLayer, unpack: LayerMaking['unpack']): Promise<void> {
    return storeLayer(this.#roots, diffId, { unpack, flush: () => this.#disk.flush() })
  }
}
