import { lstatSync, readdirSync } from 'node:fs'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { type BulkCalls, loadBulkCalls } from '../../linux/bulk-calls.ts'
import { SystemCallError } from '../../linux/libc.ts'
import { type BytePath, displayPath, nativePath } from '../byte-path.ts'
import { cPath } from '../inode.ts'
import { FACT_COUNT, FileFacts, putFacts } from './file-facts.ts'

/** What is in a folder, sorted by the bytes of its names. */
export interface FolderListing {
  readonly names: readonly BytePath[]
  /** Returns what is known of the file with the name `names[index]`. */
  factsAt(index: number): FileFacts
}

/** How a folder is listed. */
export interface ListOptions {
  /** Looks whether files have extended attributes. @default they are taken to have some */
  readonly withXattrs?: boolean
}

/** Lists a folder, or what `path` is a link to. @throws {Error} With `errnoName` or `code`. */
export type ListFolder = (path: BytePath, options?: ListOptions) => FolderListing

/** Lists a folder; nothing where there is none. @throws {Error} With `errnoName` or `code`. */
export function listIfThere(path: BytePath): FolderListing {
  try {
    return listFolder(path)
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return listing([], new Float64Array())
    throw error
  }
}

/** Returns what lists folders by `calls`, or without them by a call for each file. */
export function listingWith(calls: BulkCalls | undefined): ListFolder {
  return calls === undefined ? listSingly : listWith(calls)
}

const ROOM = { names: 64 * 1024, files: 1024 }
const ERANGE = 34

function listWith(calls: BulkCalls): ListFolder {
  const names = Buffer.allocUnsafeSlow(ROOM.names)
  const facts = new Float64Array(ROOM.files * FACT_COUNT)
  return (path, { withXattrs = false } = {}) => {
    const list = (into: { readonly names: Buffer; readonly facts: Float64Array }): number => {
      const most = into.facts.length / FACT_COUNT
      return calls.listFolder(
        cPath(path),
        withXattrs ? 1 : 0,
        into.names,
        into.names.length,
        into.facts,
        most,
      )
    }
    let room = { names, facts }
    let count = list(room)
    for (let factor = 8; count === -ERANGE; factor *= 8) {
      room = {
        names: Buffer.allocUnsafeSlow(ROOM.names * factor),
        facts: new Float64Array(ROOM.files * FACT_COUNT * factor),
      }
      count = list(room)
    }
    if (count < 0) throw new SystemCallError('list', -count, displayPath(path))
    return listing(namesIn(room.names, count), room.facts.slice(0, count * FACT_COUNT))
  }
}

function namesIn(bytes: Buffer, count: number): readonly BytePath[] {
  const names: BytePath[] = []
  for (let start = 0, end = 0; names.length < count; end += 1) {
    if (bytes[end] !== 0) continue
    names.push(bytes.toString('latin1', start, end))
    start = end + 1
  }
  return names
}

function listSingly(path: BytePath): FolderListing {
  const names: BytePath[] = []
  const found = readdirSync(nativePath(path), { encoding: 'latin1' }).sort()
  const facts = new Float64Array(found.length * FACT_COUNT)
  for (const name of found) {
    const stats = lstatSync(nativePath(`${path}/${name}`), { bigint: true, throwIfNoEntry: false })
    if (stats === undefined) continue
    putFacts(facts, names.length, stats)
    names.push(name)
  }
  return listing(names, facts)
}

function listing(names: readonly BytePath[], facts: Float64Array): FolderListing {
  return { names, factsAt: index => new FileFacts(facts, index) }
}

/** Lists a folder. */
export const listFolder: ListFolder = listingWith(loadBulkCalls())
