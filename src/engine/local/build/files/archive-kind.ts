import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { decompressed } from '../../../../archive/decompress.ts'
import { TAR_BLOCK } from '../../../../archive/tar-block.ts'
import { isZeroBlock, parseRawHeader } from '../../../../archive/tar-header.ts'
import { type BytePath, nativePath } from '../../../../disk/byte-path.ts'
import { bunzip2 } from './bunzip2.ts'
import { readFileChunks } from './read-file-chunks.ts'
import { unxz } from './unxz.ts'

/** How an archive is compressed. */
export type ArchiveKind = 'tar' | 'bzip2' | 'xz'

/**
 * Tells by its content whether a file is a tar archive, plain or compressed by gzip, bzip2, xz or zstd, and how;
 * undefined if it is none. `tar` stands for those that `decompressed` tells apart.
 */
export async function archiveKind(file: BytePath): Promise<ArchiveKind | undefined> {
  const kind = compressionOf(headOf(file))
  try {
    const head = await firstBlock(archiveBytes(file, kind))
    if (head === undefined || isZeroBlock(head)) return undefined
    parseRawHeader(head)
    return kind
  } catch {
    return undefined
  }
}

/** Yields the archive in `file`, decompressed. */
export function archiveBytes(file: BytePath, kind: ArchiveKind): AsyncGenerator<Buffer> {
  const packed = readFileChunks(file)
  if (kind === 'bzip2') return bunzip2(packed)
  return kind === 'xz' ? unxz(packed) : decompressed(packed)
}

const XZ_MAGIC = Buffer.from('fd377a585a00', 'hex')

function compressionOf(head: Buffer): ArchiveKind {
  if (head.toString('latin1', 0, 3) === 'BZh') return 'bzip2'
  return head.subarray(0, XZ_MAGIC.length).equals(XZ_MAGIC) ? 'xz' : 'tar'
}

function headOf(file: BytePath): Buffer {
  const native = nativePath(file)
  const head = Buffer.alloc(Math.min(XZ_MAGIC.length, statSync(native).size))
  const fd = openSync(native, 'r')
  try {
    return head.subarray(0, readSync(fd, head))
  } finally {
    closeSync(fd)
  }
}

async function firstBlock(bytes: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  let block: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    block = Buffer.concat([block, chunk.subarray(0, TAR_BLOCK - block.length)])
    if (block.length === TAR_BLOCK) return block
  }
  return undefined
}
