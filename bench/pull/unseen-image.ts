import { createReadStream, createWriteStream, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gzipSync } from 'node:zlib'
import { tarArchive } from '../../test/support/tar-archive.ts'
import { HashedStream } from './hashed-stream.ts'
import { type WrittenLayer, writeImage } from './write-image.ts'

const END_OF_ARCHIVE_BYTES = 1024

/**
 * Writes a copy of the image in `layout` to `target` that no tool has seen: each layer begins with a file that holds
 * `mark`, as a gzip member of its own, so that nothing is compressed again.
 */
export async function writeUnseenImage(layout: string, target: string, mark: string): Promise<void> {
  mkdirSync(join(target, 'blobs/sha256'), { recursive: true })
  const archive = await tarArchive([{ name: 'mark', content: mark }])
  const head = archive.subarray(0, archive.length - END_OF_ARCHIVE_BYTES)
  writeImage(
    target,
    await Promise.all(
      blobsOf(layout).map(digest => writeMarked({ source: blobFile(layout, digest), target, head })),
    ),
  )
}

interface MarkedLayer {
  readonly source: string
  readonly target: string
  readonly head: Buffer
}

async function writeMarked({ source, target, head }: MarkedLayer): Promise<WrittenLayer> {
  const file = join(target, `${source.slice(-64)}.tmp`)
  const [packed, plain] = [new HashedStream(), new HashedStream()]
  packed.write(gzipSync(head))
  await pipeline(createReadStream(source), packed, createWriteStream(file))
  await pipeline(createReadStream(file), createGunzip(), plain, new PassThrough().resume())
  const blob = packed.blob()
  renameSync(file, blobFile(target, blob.digest))
  return { diffId: plain.blob().digest, blob }
}

function blobsOf(layout: string): readonly string[] {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
  const [{ digest }] = read(join(layout, 'index.json')).manifests
  const { layers }: { readonly layers: readonly { readonly digest: string }[] } = read(
    blobFile(layout, digest),
  )
  return layers.map(layer => layer.digest)
}

function blobFile(layout: string, digest: string): string {
  return join(layout, 'blobs', digest.replace(':', '/'))
}
