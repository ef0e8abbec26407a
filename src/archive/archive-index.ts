import { Buffer } from 'node:buffer'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { posix } from 'node:path'
import type { FileSlice } from '../disk/file-slice.ts'
import type { ContentSource } from './content-source.ts'
import { ExtendedHeaders, isExtendedHeader } from './extended-headers.ts'
import { TAR_BLOCK } from './tar-block.ts'
import { isZeroBlock, paddedSize, parseRawHeader, type RawHeader, type TarEntry } from './tar-header.ts'
import { extendedSize } from './tar-reader.ts'

/** An archive of images holds some files per layer. */
const MOST_MEMBERS = 100_000
const MOST_LINKS = 8
const NOT_TAR = 'it does not begin as a tar archive does'

/**
 * Reads the headers of the uncompressed tar archive `file`, skipping the contents.
 *
 * @throws {SyntaxError} If it is no such archive.
 */
export function archiveSource(file: string): ContentSource {
  const members = new Map<string, TarMember>()
  for (const member of readMembers(file)) {
    if (members.size >= MOST_MEMBERS) throw new SyntaxError(`it has more than ${MOST_MEMBERS} members`)
    members.set(member.name, member)
  }
  return { find: name => follow(members, posix.normalize(name)) }
}

interface TarMember {
  readonly name: string
  readonly slice: FileSlice | undefined
  /** Name of the member that this one links to. */
  readonly target: string | undefined
}

/** docker save writes a layer once and links to it from the folders of others that are the same. */
function follow(members: ReadonlyMap<string, TarMember>, name: string): FileSlice | undefined {
  let member = members.get(name)
  for (let links = 0; links < MOST_LINKS && member?.target !== undefined; links++) {
    member = members.get(member.target)
  }
  return member?.slice
}

function* readMembers(file: string): Generator<TarMember> {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    if (size < TAR_BLOCK) throw new SyntaxError(NOT_TAR)
    const headers = new ExtendedHeaders()
    let offset = 0
    for (let block = readAt(fd, 0, TAR_BLOCK); isHeader(block); block = readAt(fd, offset, TAR_BLOCK)) {
      const header = offset === 0 ? firstHeader(block) : parseRawHeader(block)
      offset += TAR_BLOCK
      if (isExtendedHeader(header.type)) {
        headers.add(header.type, readAt(fd, offset, extendedSize(header.size)))
        offset += paddedSize(header.size)
      } else {
        const { entry, mappedSize } = headers.apply(header)
        if (header.type === 'S' || mappedSize !== undefined || entry.sparse !== undefined) {
          throw new SyntaxError('it holds a sparse file, expected all stored whole')
        }
        if (offset + entry.size > size) throw new SyntaxError('it ends in the middle of an entry')
        yield memberOf(file, offset, entry)
        offset += paddedSize(entry.size)
      }
    }
  } finally {
    closeSync(fd)
  }
}

/** @throws {SyntaxError} If `block` is no header: the file is then something else than an archive. */
function firstHeader(block: Buffer): RawHeader {
  try {
    return parseRawHeader(block)
  } catch (cause) {
    throw new SyntaxError(NOT_TAR, { cause })
  }
}

function memberOf(file: string, offset: number, entry: TarEntry): TarMember {
  const name = posix.normalize(entry.name)
  const slice = entry.kind === 'file' ? { file, offset, size: entry.size } : undefined
  if (entry.kind === 'symlink') {
    return { name, slice, target: posix.join(posix.dirname(name), entry.linkName) }
  }
  return { name, slice, target: entry.kind === 'link' ? posix.normalize(entry.linkName) : undefined }
}

function isHeader(block: Buffer): boolean {
  return block.length === TAR_BLOCK && !isZeroBlock(block)
}

function readAt(fd: number, offset: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  return bytes.subarray(0, readSync(fd, bytes, 0, size, offset))
}
