import { readlinkSync } from 'node:fs'
import type { FileFacts } from '../../../../disk/bulk/file-facts.ts'
import { type BytePath, nativePath } from '../../../../disk/byte-path.ts'
import { splitDevice } from '../../../../disk/inode.ts'
import type { SourceEntry, SourceKind } from './source-tree.ts'

/** What an entry asks the context that it is in. */
export interface EntryContext {
  /** Whether owners are those of the disk. */
  readonly keepsOwners: boolean
  hostPathOf(entry: SourceEntry): BytePath
}

const NO_XATTRS: SourceEntry['xattrs'] = []

/** Something in a context. */
export class ContextEntry implements SourceEntry {
  readonly path: BytePath
  readonly kind: SourceKind
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly xattrs: SourceEntry['xattrs'] = NO_XATTRS
  /** As it was when it was seen first. */
  readonly stats: FileFacts
  readonly #tree: EntryContext
  #target: BytePath | undefined
  /** Hex digits, of a file, once it was read. */
  sha256: string | undefined
  /** Where the memo of an earlier build has the file, if it is as it was. */
  memoIndex: number | undefined

  constructor(tree: EntryContext, path: BytePath, stats: FileFacts) {
    this.#tree = tree
    this.path = path
    this.stats = stats
    this.kind = kindOf(stats)
    this.mode = stats.mode & 0o7777
    this.uid = tree.keepsOwners ? stats.uid : 0
    this.gid = tree.keepsOwners ? stats.gid : 0
  }

  get size(): number {
    return this.kind === 'file' ? this.stats.size : 0
  }

  get target(): BytePath | undefined {
    if (this.kind !== 'link') return undefined
    this.#target ??= readlinkSync(nativePath(this.#tree.hostPathOf(this)), { encoding: 'latin1' })
    return this.#target
  }

  get device(): string | undefined {
    if (this.kind !== 'char' && this.kind !== 'block') return undefined
    const { major, minor } = splitDevice(this.stats.rdev)
    return `${major}:${minor}`
  }
}

const TYPE_BITS = 0o170000
const KINDS: ReadonlyMap<number, SourceKind> = new Map([
  [0o100000, 'file'],
  [0o040000, 'folder'],
  [0o120000, 'link'],
  [0o010000, 'fifo'],
  [0o020000, 'char'],
  [0o060000, 'block'],
])

function kindOf(stats: FileFacts): SourceKind {
  return KINDS.get(stats.mode & TYPE_BITS) ?? 'socket'
}
