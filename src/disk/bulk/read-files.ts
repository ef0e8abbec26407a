import { closeSync, openSync, readSync } from 'node:fs'
import { type BulkCalls, loadBulkCalls } from '../../linux/bulk-calls.ts'
import { SystemCallError } from '../../linux/libc.ts'
import { type BytePath, displayPath, nativePath } from '../byte-path.ts'
import { cPath } from '../inode.ts'
import { terminated } from './link-files.ts'

/** A file of a folder, and where its first bytes go. */
export interface FilePart {
  readonly name: BytePath
  /** From the start of the memory. */
  readonly offset: number
  readonly size: number
}

/** Files to read, and how. */
export interface FilesToRead {
  readonly folder: BytePath
  readonly parts: readonly FilePart[]
  /** For open(2). */
  readonly flags: number
  readonly memory: Buffer
}

/** Reads files whole or their first bytes. @throws {Error} With `errnoName` or `code`; if one is shorter than its part. */
export type ReadFiles = (files: FilesToRead) => void

/** Reads files. */
export const readFiles: ReadFiles = readingWith(loadBulkCalls())

/** Returns what reads files by `calls`, or without them by calls for each. */
export function readingWith(calls: BulkCalls | undefined): ReadFiles {
  return calls === undefined ? readSingly : files => readWith(calls, files)
}

function readWith(calls: BulkCalls, { folder, parts, flags, memory }: FilesToRead): void {
  const names = terminated(parts.map(({ name }) => name))
  const places = new Uint32Array(parts.length * 2)
  for (const [index, { offset, size }] of parts.entries()) {
    // The library trusts these.
    if (offset < 0 || size < 0 || offset + size > memory.length)
      throw new RangeError('a part is outside of the memory')
    places[2 * index] = offset
    places[2 * index + 1] = size
  }
  const results = new Int32Array(parts.length)
  const result = calls.readFiles(cPath(folder), names, parts.length, flags, places, memory, results)
  if (result < 0) throw new SystemCallError('open', -result, displayPath(folder))
  for (const [index, part] of parts.entries()) {
    const count = results[index] ?? 0
    if (count < 0) throw new SystemCallError('read', -count, displayPath(`${folder}/${part.name}`))
    if (count < part.size) throw becameShorter(`${folder}/${part.name}`)
  }
}

function readSingly({ folder, parts, flags, memory }: FilesToRead): void {
  for (const { name, offset, size } of parts) {
    const path = `${folder}/${name}`
    const fd = openSync(nativePath(path), flags)
    try {
      for (let done = 0; done < size; ) {
        const count = readSync(fd, memory, offset + done, size - done, null)
        if (count === 0) throw becameShorter(path)
        done += count
      }
    } finally {
      closeSync(fd)
    }
  }
}

function becameShorter(path: BytePath): Error {
  return new Error(`Cannot read "${displayPath(path)}": it became shorter meanwhile`)
}
