import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { Semaphore } from '../../base/semaphore.ts'
import type { FileSlice } from '../../disk/file-slice.ts'
import { makePrivateFolder } from '../../disk/record-file.ts'
import { temporaryName } from '../../disk/temporary-name.ts'
import { imageFolders } from '../images/image-record.ts'
import { GZIP_LAYER, notePackedLayer, type PackedLayer, readPackedLayer } from '../layers/packed-layer.ts'
import type { StorePaths } from '../store-paths.ts'
import { streamLayerTar } from './stream-layer-tar.ts'

/** A layer that is packed in a file of its own for a while. */
interface PackedFile {
  readonly packed: PackedLayer
  readonly slice: FileSlice
}

const CHUNK_BYTES: number = 256 * 1024

/** The files of a layer do not give the archive that it came in. */
export class LayerNotRemade extends Error {
  override readonly name = 'LayerNotRemade'
}

/** A layer is another blob than was noted of it: another version of zlib packs it. What named the old one is void. */
export class LayerPackedAnew extends Error {
  override readonly name = 'LayerPackedAnew'
}

/**
 * Packs unpacked layers with gzip, each once and only when it must be: what blob a layer is packed in is noted beside
 * it. Packed layers are in files that are gone when this is disposed.
 */
export class LayerPacker implements AsyncDisposable {
  readonly #paths: StorePaths
  readonly #signal: AbortSignal | undefined
  readonly #slots = new Semaphore(availableParallelism())
  readonly #packed = new Map<Digest, Promise<PackedFile>>()
  readonly #files: string[] = []

  constructor(paths: StorePaths, signal: AbortSignal | undefined) {
    this.#paths = paths
    this.#signal = signal
  }

  /** Returns the blob that the layer in `folder` is packed in. @throws {LayerNotRemade} */
  async identify(diffId: Digest, folder: string): Promise<PackedLayer> {
    const isPacked = this.#packed.has(diffId)
    const noted = isPacked ? undefined : readPackedLayer(this.#paths, diffId)
    return noted ?? (await this.#pack(diffId, folder)).packed
  }

  /**
   * Returns the packed layer, which must be the blob `digest`.
   *
   * @throws {LayerNotRemade}
   * @throws {LayerPackedAnew} If it is another blob; `identify` tells which from now on.
   */
  async obtain(diffId: Digest, folder: string, digest: Digest): Promise<FileSlice> {
    const { packed, slice } = await this.#pack(diffId, folder)
    if (packed.digest !== digest)
      throw new LayerPackedAnew(`Layer ${diffId} is packed as ${packed.digest} now`)
    return slice
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#packed.values())
    for (const file of this.#files) await rm(file, { force: true })
  }

  #pack(diffId: Digest, folder: string): Promise<PackedFile> {
    const running = this.#packed.get(diffId) ?? this.#slots.run(() => this.#packNow(diffId, folder))
    this.#packed.set(diffId, running)
    return running
  }

  async #packNow(diffId: Digest, folder: string): Promise<PackedFile> {
    const { images } = imageFolders(this.#paths)
    makePrivateFolder(images)
    const file = join(images, temporaryName())
    this.#files.push(file)
    const [plain, packed] = [createHash('sha256'), createHash('sha256')]
    await pipeline(
      Readable.from(streamLayerTar(folder)),
      hashing(plain),
      createGzip({ chunkSize: CHUNK_BYTES }),
      hashing(packed),
      createWriteStream(file, { mode: 0o600 }),
      { ...(this.#signal && { signal: this.#signal }) },
    )
    if (`sha256:${plain.digest('hex')}` !== diffId) throw new LayerNotRemade(`Layer ${diffId} is not remade`)
    const { size } = await stat(file)
    const digest = parseDigest(`sha256:${packed.digest('hex')}`)
    const layer = { digest, size, mediaType: GZIP_LAYER }
    notePackedLayer(this.#paths, diffId, layer)
    return { packed: layer, slice: { file, offset: 0, size } }
  }
}

function hashing(hash: Hash): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      done(null, chunk)
    },
  })
}
