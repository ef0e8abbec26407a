import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import { cacheFolder } from '../../test/support/parts/cache-folder.ts'
import { makeOnce } from '../../test/support/parts/make-once.ts'
import { HashedStream } from './hashed-stream.ts'
import type { LayerShape } from './pull-image-shape.ts'
import { type Dice, makeDice, softwareLikeBytes } from './software-like-bytes.ts'
import { type WrittenLayer, writeImage } from './write-image.ts'

const FILES_OF_FOLDER = 12
const SMALLEST_BYTES = 100
const MTIME = new Date('2024-01-01T00:00:00Z')

/** Returns an OCI image layout with an image of these layers, the same bytes on every machine; kept in `.cache`. */
export async function pullImageLayout(shapes: readonly LayerShape[]): Promise<string> {
  const stamp = createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 8)
  return await makeOnce(join(cacheFolder('oci'), `bench-${shapes.length}-${stamp}`), async target => {
    mkdirSync(join(target, 'blobs/sha256'), { recursive: true })
    const bytes = softwareLikeBytes()
    const layers = await Promise.all(
      shapes.map((shape, index) => writeLayer(target, { shape, index, bytes })),
    )
    writeImage(target, layers)
  })
}

interface LayerPlan {
  readonly shape: LayerShape
  readonly index: number
  readonly bytes: Buffer
}

async function writeLayer(target: string, plan: LayerPlan): Promise<WrittenLayer> {
  const archive = pack()
  const [plain, packed] = [new HashedStream(), new HashedStream()]
  const file = join(target, `layer-${plan.index}`)
  const written = pipeline(archive, plain, createGzip(), packed, createWriteStream(file))
  await Promise.all([addEntries(archive, plan), written])
  renameSync(file, join(target, 'blobs', packed.blob().digest.replace(':', '/')))
  return { diffId: plain.blob().digest, blob: packed.blob() }
}

async function addEntries(archive: Pack, { shape, index, bytes }: LayerPlan): Promise<void> {
  const dice = makeDice(1000 + index)
  const root = `usr/lib/part-${index}`
  for (let count = 0; count < shape.smallFiles; count += 1) {
    const folder = `${root}/module-${Math.floor(count / FILES_OF_FOLDER)}`
    if (count % FILES_OF_FOLDER === 0) archive.entry({ name: folder, type: 'directory', mtime: MTIME })
    if (count % 30 === 0) {
      archive.entry({
        name: `${folder}/link-${count}`,
        type: 'symlink',
        linkname: `file-${count}`,
        mtime: MTIME,
      })
    }
    await addFile(archive, {
      name: `${folder}/file-${count}`,
      pieces: [pieceOf(bytes, dice, smallSize(dice))],
    })
  }
  for (const [count, size] of shape.bigFiles.entries()) {
    await addFile(archive, { name: `${root}/big-${count}`, pieces: piecesOf(bytes, dice, size) })
  }
  archive.finalize()
}

/** Most files are a few kilobytes and few are 40 KB; 8 KB on average. */
function smallSize(dice: Dice): number {
  return SMALLEST_BYTES + Math.floor((dice(200) * dice(200) * dice(200)) / 1000) * 8
}

function piecesOf(bytes: Buffer, dice: Dice, size: number): readonly Buffer[] {
  const pieces: Buffer[] = []
  for (let left = size; left > 0; left -= pieces.at(-1)?.length ?? left) {
    pieces.push(pieceOf(bytes, dice, Math.min(left, 1_000_000)))
  }
  return pieces
}

function pieceOf(bytes: Buffer, dice: Dice, size: number): Buffer {
  const start = dice(bytes.length - size)
  return bytes.subarray(start, start + size)
}

function addFile(
  archive: Pack,
  { name, pieces }: { readonly name: string; readonly pieces: readonly Buffer[] },
): Promise<void> {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return new Promise((resolve, reject) => {
    const entry = archive.entry({ name, size, mode: 0o644, mtime: MTIME }, error =>
      error == null ? resolve() : reject(error),
    )
    const write = async () => {
      for (const piece of pieces) {
        if (!entry.write(piece)) await new Promise<void>(drained => entry.once('drain', () => drained()))
      }
      entry.end(undefined)
    }
    write().catch(reject)
  })
}
