import { createHash, type Hash } from 'node:crypto'
import { decompressedInPassing } from '../../archive/decompress.ts'
import { TarReader } from '../../archive/tar-reader.ts'
import type { Digest } from '../../base/digest.ts'
import { diskRefusal } from '../../base/disk-refusal.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type BytePath, displayPath } from '../../disk/byte-path.ts'
import { SystemCallError } from '../../linux/libc.ts'
import { LAYER_LIMITS, mostArchiveBytes } from './layer-limits.ts'
import { type LayerSource, readLayerSource, sourceSize } from './layer-source.ts'
import { LayerWriter } from './layer-writer.ts'

/** A layer to unpack. Plain data: it is sent to worker threads. */
export interface UnpackRequest {
  readonly source: LayerSource
  /** Digest of the uncompressed archive. */
  readonly diffId: Digest
  /** An empty folder that no other user can reach. */
  readonly folder: string
}

/** What is known of a layer that was unpacked. */
export interface UnpackedLayer {
  /** Bytes of its files. */
  readonly contentBytes: number
  /** Folders that its archive implies, by paths in the layer: `etc/deep`; empty for the layer itself. */
  readonly impliedFolders: readonly BytePath[]
}

/**
 * Unpacks a layer: plain, gzip or zstd. Digests are checked while it streams (that of an arriving blob by whom writes
 * it), so what was unpacked counts only
 * when this resolves; on failure the folder holds a part.
 *
 * @param onRead Hears the count of blob bytes read, after each piece.
 * @throws {TcomposeError} `image-layer`, naming the layer and the entry.
 */
export async function unpackLayer(
  request: UnpackRequest,
  onRead: (bytes: number) => void,
): Promise<UnpackedLayer> {
  using writer = new LayerWriter(request.folder, LAYER_LIMITS)
  const reader = new TarReader(writer)
  try {
    await stream(request, reader, onRead)
    writer.finish()
    const { contentBytes, impliedFolders } = writer
    return { contentBytes, impliedFolders }
  } catch (error) {
    throw layerError(request.diffId, reader.entryName ?? writer.entryName, error)
  }
}

async function stream(
  request: UnpackRequest,
  reader: TarReader,
  onRead: (bytes: number) => void,
): Promise<void> {
  const { source, diffId } = request
  const blobDigest = source.kind === 'whole' ? source.digest : undefined
  const blobHash = blobDigest === undefined ? undefined : createHash('sha256')
  const archiveHash = createHash('sha256')
  const blob = hashed(readLayerSource(source), blobHash, onRead)
  const blobSize = sourceSize(source)
  const most = mostArchiveBytes(LAYER_LIMITS, blobSize)
  let size = 0
  for await (const chunk of decompressedInPassing(blob)) {
    size += chunk.length
    if (size > most) throw new SyntaxError(`the layer has more than ${most} bytes, for a blob of ${blobSize}`)
    archiveHash.update(chunk)
    reader.push(chunk)
  }
  // Decoders stop at the end of what they know, and the digest covers what comes after it as well.
  for await (const _ of blob);
  reader.end()
  if (blobDigest !== undefined && blobHash !== undefined) check('its blob', blobHash, blobDigest)
  check('its archive', archiveHash, diffId)
}

async function* hashed(
  source: AsyncIterable<Buffer>,
  hash: Hash | undefined,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    hash?.update(chunk)
    onRead(chunk.length)
    yield chunk
  }
}

function check(what: string, hash: Hash, expected: Digest): void {
  const digest = `sha256:${hash.digest('hex')}`
  if (digest !== expected) throw new SyntaxError(`${what} has the digest ${digest}, expected ${expected}`)
}

function layerError(diffId: Digest, entry: BytePath | undefined, cause: unknown): TcomposeError {
  const known = cause instanceof TcomposeError ? cause : diskRefusal(cause)
  if (known !== undefined) return known
  const reason = cause instanceof Error ? cause.message : String(cause)
  const place = entry === undefined ? '' : ` at entry "${displayPath(entry)}"`
  return new TcomposeError('image-layer', `Cannot unpack layer ${diffId}${place}: ${reason}`, {
    hint: isSystemFailure(cause)
      ? 'Check that the data folder has space left and is writable'
      : 'Build or fetch the image again: the layer is damaged or unsafe',
    cause,
  })
}

function isSystemFailure(cause: unknown): boolean {
  return cause instanceof SystemCallError || (cause instanceof Error && 'syscall' in cause)
}
