import { pipeline, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
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
 * Yields what `source` holds, decompressed where its first bytes say so. Decompression runs on the thread pool,
 * one chunk ahead of the reader.
 */
export async function* decompressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return
  const whole = withHead(first.value, iterator)
  const compression = compressionOf(first.value)
  if (compression === 'gzip') yield* through(whole, createGunzip({ chunkSize: CHUNK_BYTES }))
  else if (compression === 'zstd') yield* zstdDecompressed(whole)
  else yield* whole
}

async function* withHead(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

async function* zstdDecompressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const splitter = new ZstdFrameSplitter()
  const frames = framesOf(source, splitter)
  for (let frame = await frames.next(); frame.done !== true; frame = await frames.next()) {
    yield* through(frame.value, createZstdDecompress({ chunkSize: CHUNK_BYTES }))
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
