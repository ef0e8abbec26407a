import { pipeline, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { freeChunk } from './free-chunk.ts'
import { ZstdFrameSplitter } from './zstd-frames.ts'

/** Smaller chunks cost a round trip through the thread pool each. */
const CHUNK_BYTES: number = 256 * 1024

export type Compression = 'gzip' | 'zstd' | 'none'

/** Tells how a stream that starts with `head`, 4 bytes or more where it has them, is compressed. */
export function compressionOf(head: Buffer): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.length < 4) return 'none'
  const magic = head.readUInt32LE()
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50 ? 'zstd' : 'none'
}

/**
 * Yields what `source` holds, decompressed if its first bytes are those of a known format. Decompression runs on the
 * thread pool, one chunk ahead of the reader. A chunk stays valid, unless the source's own chunks do not.
 */
export function decompressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  return decompress(source, through)
}

/**
 * Does `decompressed`, with chunks that are valid until the next is asked for: their memory is freed then. What is
 * left to the garbage collector amounts to some 40 MB for each reader.
 */
export function decompressedInPassing(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  return decompress(source, async function* (packed, decoder) {
    for await (const chunk of through(packed, decoder)) {
      yield chunk
      freeOutput(chunk)
    }
  })
}

type Through = typeof through

async function* decompress(source: AsyncIterable<Buffer>, pass: Through): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return
  const whole = withHead(first.value, iterator)
  const compression = compressionOf(first.value)
  if (compression === 'gzip') yield* pass(whole, createGunzip({ chunkSize: CHUNK_BYTES }))
  else if (compression === 'zstd') yield* zstdDecompressed(whole, pass)
  else yield* whole
}

async function* withHead(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

async function* zstdDecompressed(source: AsyncIterable<Buffer>, pass: Through): AsyncGenerator<Buffer> {
  const splitter = new ZstdFrameSplitter()
  const frames = framesOf(source, splitter)
  for (let frame = await frames.next(); frame.done !== true; frame = await frames.next()) {
    yield* pass(frame.value, createZstdDecompress({ chunkSize: CHUNK_BYTES }))
  }
  splitter.end()
}

/** Yields one stream per frame; each must be read to its end before the next is asked for. */
async function* framesOf(
  source: AsyncIterable<Buffer>,
  splitter: ZstdFrameSplitter,
): AsyncGenerator<AsyncIterable<Buffer>> {
  const pieces = piecesOf(source, splitter)
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) {
    if (piece.value.kind === 'bytes') yield frameOf(piece.value.bytes, pieces)
  }
}

async function* frameOf(head: Buffer, pieces: ReturnType<typeof piecesOf>): AsyncGenerator<Buffer> {
  yield head
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) {
    if (piece.value.kind === 'frame-end') return
    yield piece.value.bytes
  }
}

async function* piecesOf(source: AsyncIterable<Buffer>, splitter: ZstdFrameSplitter) {
  for await (const chunk of source) yield* splitter.push(chunk)
}

/** Yields what `decoder` makes of `source`. Destroys the decoder however the reading ends. */
async function* through(source: AsyncIterable<Buffer>, decoder: Transform): AsyncGenerator<Buffer> {
  // A failure on the way destroys the decoder with it, so that the loop below throws it.
  pipeline(source, decoder, () => {})
  for await (const chunk of decoder) yield chunk
}

/** A decoder has done with a buffer of `CHUNK_BYTES` when its end was given out. Others may be still in use. */
function freeOutput(chunk: Buffer): void {
  if (chunk.buffer.byteLength === CHUNK_BYTES) freeChunk(chunk)
}
