import { Buffer } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import type { FileSlice } from '../../disk/file-slice.ts'
import { type ArrivingSource, waitForArrival } from '../blobs/arriving-blob.ts'

/** Where the blob of a layer is. Plain data and shared memory: it is sent to worker threads. */
export type LayerSource =
  /** It is whole. `digest` is that of the blob as it is stored; undefined where the source has none. */
  { readonly kind: 'whole'; readonly slice: FileSlice; readonly digest: Digest | undefined } | ArrivingSource

/** Above the high-water marks of Node's streams, so that a stream has done with one chunk when it asks for the next. */
const CHUNK_BYTES: number = 256 * 1024

/** Returns the count of bytes of the blob. */
export function sourceSize(source: LayerSource): number {
  return source.kind === 'whole' ? source.slice.size : source.size
}

/**
 * Yields the blob's bytes, as they arrive. A chunk is valid until the next but one is asked for. Stops early where the
 * file is shorter.
 *
 * @throws {Error} If what has arrived is taken back.
 */
export async function* readLayerSource(source: LayerSource): AsyncGenerator<Buffer> {
  if (source.kind === 'arriving') {
    yield* readChunks(source, end => waitForArrival(source.arrived, end))
    return
  }
  const { file, offset, size } = source.slice
  const fd = openSync(file, 'r')
  try {
    yield* readChunks({ fd, offset, size }, () => undefined)
  } finally {
    closeSync(fd)
  }
}

interface OpenSlice {
  readonly fd: number
  readonly offset?: number
  readonly size: number
}

async function* readChunks(
  { fd, offset = 0, size }: OpenSlice,
  arrival: (end: number) => Promise<void> | undefined,
): AsyncGenerator<Buffer> {
  const [even, odd] = [makeChunk(size), makeChunk(size)]
  for (let start = 0, turn = 0; start < size; turn += 1) {
    const buffer = turn % 2 === 0 ? even : odd
    const end = Math.min(start + buffer.length, size)
    await arrival(end)
    const count = readSync(fd, buffer, 0, end - start, offset + start)
    if (count === 0) return
    start += count
    yield buffer.subarray(0, count)
  }
}

function makeChunk(size: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, size))
}
