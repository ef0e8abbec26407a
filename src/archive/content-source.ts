import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { type JsonObject, parseJsonObject } from '../base/json-reader.ts'
import { sha256Hex } from '../base/sha256.ts'
import { type FileSlice, loadSlice } from '../disk/file-slice.ts'

/** Where the files of an image are: a folder, or the members of an archive. */
export interface ContentSource {
  /** Returns the bytes named `name`, or undefined if there are none. */
  find(name: string): FileSlice | undefined
}

/** A file of an image, as something that was read before names it. */
export interface Member {
  readonly name: string
  /** Undefined where nothing vouches for the content. */
  readonly digest: Digest | undefined
  /** Bytes, where they are known. */
  readonly size: number | undefined
}

/** The most bytes of a manifest, an index or a configuration; a larger one is an attack on this process' memory. */
export const LARGEST_DOCUMENT: number = 4 * 1024 * 1024

/** Returns a source over the files below `folder`. */
export function folderSource(folder: string): ContentSource {
  return {
    find(name) {
      const file = join(folder, name)
      const stats = statSync(file, { throwIfNoEntry: false })
      return stats?.isFile() === true ? { file, offset: 0, size: stats.size } : undefined
    },
  }
}

/** Returns where `member` is. @throws {SyntaxError} If it is missing or has another size. */
export function locateMember(source: ContentSource, { name, size }: Member): FileSlice {
  const slice = source.find(name)
  if (slice === undefined) throw new SyntaxError(`"${name}" is missing there`)
  if (size !== undefined && slice.size !== size) {
    throw new SyntaxError(`"${name}" has ${slice.size} bytes, expected ${size}`)
  }
  return slice
}

/** Returns the content of a document, checked. @throws {SyntaxError} If it is missing or not what it should be. */
export function loadMember(source: ContentSource, member: Member): Buffer {
  const slice = locateMember(source, member)
  if (slice.size > LARGEST_DOCUMENT) {
    throw new SyntaxError(`"${member.name}" has ${slice.size} bytes, expected a small document`)
  }
  const bytes = loadSlice(slice)
  const digest = sha256(bytes)
  if (member.digest !== undefined && digest !== member.digest) {
    throw new SyntaxError(`"${member.name}" has the digest ${digest}, expected ${member.digest}`)
  }
  return bytes
}

/** Returns the document as an object. @throws {SyntaxError} As `loadMember`, and if it is no JSON object. */
export function loadDocument(source: ContentSource, member: Member): JsonObject {
  return parseJsonObject(loadMember(source, member), `"${member.name}"`)
}

/** A manifest or a configuration, mostly: to hash it takes less time than to load `node:crypto`. */
const LONGEST_SHORT = 16_384

/** Returns the digest of `bytes` in text form. */
export function sha256(bytes: Buffer | string): string {
  const isShort = bytes.length <= LONGEST_SHORT
  return `sha256:${isShort ? sha256Hex(bytes) : createHash('sha256').update(bytes).digest('hex')}`
}
