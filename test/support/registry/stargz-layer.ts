import { gzipSync } from 'node:zlib'

const BLOCK = 512

/**
 * Returns a tar archive as eStargz has it: a gzip member for the head and the content of each entry, then one for an
 * index of them, then an empty one whose extra field says where that is.
 *
 * @param entries The archive of each entry alone.
 */
export function stargzLayer(entries: readonly Buffer[]): {
  readonly layer: Buffer
  readonly archive: Buffer
} {
  const parts = entries.map(withoutEnd)
  const members = parts.map(part => gzipSync(part))
  const offset = members.reduce((sum, member) => sum + member.length, 0)
  const end = Buffer.alloc(2 * BLOCK)
  return {
    layer: Buffer.concat([...members, gzipSync(end), footer(offset)]),
    archive: Buffer.concat([...parts, end]),
  }
}

function withoutEnd(archive: Buffer): Buffer {
  return archive.subarray(0, archive.length - 2 * BLOCK)
}

/** RFC 1952: an empty member with the subfield `SG`: the offset in 16 hex digits and `STARGZ`. */
function footer(offset: number): Buffer {
  const value = Buffer.from(`${offset.toString(16).padStart(16, '0')}STARGZ`)
  const extra = Buffer.concat([Buffer.from('SG'), Buffer.from([value.length, 0]), value])
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, extra.length, 0])
  const emptyBlock = Buffer.from([1, 0, 0, 0xff, 0xff])
  return Buffer.concat([head, extra, emptyBlock, Buffer.alloc(8)])
}
