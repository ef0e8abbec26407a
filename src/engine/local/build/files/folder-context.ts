import { type BigIntStats, lstatSync, realpathSync } from 'node:fs'
import type { AbsolutePath } from '../../../../base/absolute-path.ts'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { compileIgnore } from '../../../../base/patterns/compile-ignore.ts'
import type { FolderVerdict, PathRules } from '../../../../base/patterns/path-rules.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { type FileFacts, factsOf } from '../../../../disk/bulk/file-facts.ts'
import { listIfThere } from '../../../../disk/bulk/list-folder.ts'
import { type BytePath, bytePath, displayPath, nativePath } from '../../../../disk/byte-path.ts'
import { ContextEntry, type EntryContext } from './context-entry.ts'
import type { IgnoreFile } from './find-ignore-file.ts'
import { hashFile, hashLargeFile } from './hash-file.ts'
import type { Pace } from './pace.ts'
import { pathBelow, type SourceEntry, type SourceTree } from './source-tree.ts'
import { StatMemo } from './stat-memo.ts'

/** Which folder a context is, and how it is read. */
export interface FolderContextOptions {
  readonly folder: AbsolutePath
  /** What is left out. */
  readonly ignoreFile: IgnoreFile | undefined
  /** The file of the memo that one build hands to the next. */
  readonly memo: string
  /** Owners stay as they are. @default all is root's */
  readonly keepsOwners?: boolean
  /** Milliseconds since the epoch. @default now */
  readonly openedAt?: number
}

/**
 * Opens a folder of the host as files of a build. All is root's, as BuildKit gives files that it is sent, and nothing
 * has extended attributes; modes, times and hard links stay. What is seen once stays as it was seen.
 *
 * @throws {TcomposeError} `build-context` if there is no such folder, or its ignore file is malformed.
 */
export function openFolderContext(options: FolderContextOptions): FolderContext {
  const { folder, ignoreFile } = options
  try {
    const root = bytePath(realpathSync(folder))
    if (!lstatSync(nativePath(root)).isDirectory()) throw noFolder(folder, 'it is no folder')
    return new FolderContext(root, { ...options, rules: rulesOf(ignoreFile) })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoNameOf(error) ?? '')) {
      throw noFolder(folder, 'it does not exist')
    }
    throw error
  }
}

function noFolder(folder: AbsolutePath, state: string): TcomposeError {
  return new TcomposeError('build-context', `Cannot use build context "${folder}": ${state}`, {
    hint: 'Check the "context" of the build: it is relative to the Compose file',
  })
}

function rulesOf(file: IgnoreFile | undefined): PathRules | undefined {
  if (file === undefined) return undefined
  try {
    return compileIgnore(file.text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new TcomposeError('build-context', `Cannot read "${file.path}": ${cause.message}`, {
      hint: 'Correct the pattern, or put a backslash before a character that is meant as it is',
      cause,
    })
  }
}

/** What is known of a folder. */
interface SeenFolder {
  /** What was asked for by name; undefined for what is not in the tree though it is on the disk. */
  readonly known: Map<BytePath, ContextEntry | undefined>
  /** All that is in the folder. */
  sorted: readonly ContextEntry[] | undefined
}

/** A folder of the host, as files of a build. */
export class FolderContext implements SourceTree, EntryContext {
  readonly root: SourceEntry
  readonly keepsOwners: boolean
  readonly #host: BytePath
  readonly #rules: PathRules | undefined
  readonly #ignoreName: string
  readonly #memo: StatMemo
  readonly #openedAt: number
  readonly #seen = new Map<BytePath, SeenFolder>()
  readonly #verdicts = new Map<BytePath, FolderVerdict>()

  constructor(
    host: BytePath,
    options: Omit<FolderContextOptions, 'folder'> & { readonly rules: PathRules | undefined },
  ) {
    this.#host = host
    this.#rules = options.rules
    this.#ignoreName = options.ignoreFile?.path ?? '.dockerignore'
    this.#memo = new StatMemo(options.memo)
    this.#openedAt = options.openedAt ?? Date.now()
    this.keepsOwners = options.keepsOwners ?? false
    this.root = new ContextEntry(this, '', factsOf(lstatSync(nativePath(host), { bigint: true })))
  }

  child(folder: SourceEntry, name: BytePath): SourceEntry | undefined {
    return this.#childOf(folder, name)
  }

  children(folder: SourceEntry): readonly SourceEntry[] {
    const seen = this.#seenOf(folder.path)
    if (seen.sorted === undefined) {
      seen.sorted = this.#list(folder, seen.known)
      seen.known.clear()
    }
    return seen.sorted
  }

  sha256Of(file: SourceEntry): string {
    const own = this.#own(file)
    if (own.sha256 !== undefined) return own.sha256
    own.memoIndex ??= this.#memo.locate(own.path, own.stats)
    if (own.memoIndex !== undefined) return this.#memo.sha256At(own.memoIndex)
    own.sha256 = this.#read(own)
    return own.sha256
  }

  async load(file: SourceEntry, pace: Pace): Promise<void> {
    const own = this.#own(file)
    if (own.sha256 !== undefined) return
    own.memoIndex ??= this.#memo.locate(own.path, own.stats)
    if (own.memoIndex !== undefined) return
    const host = this.hostPathOf(file)
    own.sha256 = this.#learn(own, await reading(host, () => hashLargeFile(host, pace)))
  }

  hostPathOf({ path }: SourceEntry): BytePath {
    return path === '' ? this.#host : `${this.#host}/${path}`
  }

  factsOf(entry: SourceEntry): FileFacts {
    return this.#own(entry).stats
  }

  isUnchanged(file: SourceEntry, stats: BigIntStats): boolean {
    const seen = this.#own(file).stats
    return (
      BigInt(seen.inode) === stats.ino &&
      BigInt(seen.size) === stats.size &&
      seen.mtimeNs === stats.mtimeNs &&
      seen.ctimeNs === stats.ctimeNs
    )
  }

  reasonForAbsence(path: BytePath): string | undefined {
    const facts = this.#rules === undefined ? undefined : this.#factsAt(path)
    return facts === undefined ? undefined : `"${this.#ignoreName}" leaves it out`
  }

  /** Returns the files that are not as the last build saw them, of those that were read so far. */
  changes(): readonly string[] {
    return this.#memo.changes(path => this.#isGone(path)).map(displayPath)
  }

  /** Hands what was learned of the files to the next build. */
  save(): void {
    this.#memo.save(this.#openedAt, path => this.#isGone(path))
  }

  /** @param known Stays as it was seen. */
  #list(folder: SourceEntry, known: SeenFolder['known']): readonly ContextEntry[] {
    const { names, factsAt } = listIfThere(this.hostPathOf(folder))
    const entries: ContextEntry[] = []
    for (const [index, name] of names.entries()) {
      const entry = known.has(name)
        ? known.get(name)
        : this.#unlessIgnored(pathBelow(folder.path, name), folder.path, factsAt(index))
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  }

  #childOf(folder: SourceEntry, name: BytePath): ContextEntry | undefined {
    const { known, sorted } = this.#seenOf(folder.path)
    const path = pathBelow(folder.path, name)
    if (sorted !== undefined) return findSorted(sorted, path)
    if (known.has(name)) return known.get(name)
    const facts = this.#factsAt(path)
    const found = facts === undefined ? undefined : this.#unlessIgnored(path, folder.path, facts)
    known.set(name, found)
    return found
  }

  #unlessIgnored(path: BytePath, parent: BytePath, facts: FileFacts): ContextEntry | undefined {
    const entry = new ContextEntry(this, path, facts)
    if (this.#rules === undefined) return entry
    const text = displayPath(path)
    const above = this.#verdicts.get(parent)
    if (!facts.isDirectory()) return this.#rules.matches(text, above) ? undefined : entry
    const verdict = this.#rules.enter(text, above)
    this.#verdicts.set(path, verdict)
    if (!verdict.isMatched) return entry
    return this.#rules.canExceptBelow(text) && this.children(entry).length > 0 ? entry : undefined
  }

  #factsAt(path: BytePath): FileFacts | undefined {
    const native = nativePath(`${this.#host}/${path}`)
    const stats = lstatSync(native, { bigint: true, throwIfNoEntry: false })
    return stats === undefined ? undefined : factsOf(stats)
  }

  #seenOf(path: BytePath): SeenFolder {
    const found = this.#seen.get(path)
    if (found !== undefined) return found
    const seen: SeenFolder = { known: new Map(), sorted: undefined }
    this.#seen.set(path, seen)
    return seen
  }

  #own(entry: SourceEntry): ContextEntry {
    if (entry instanceof ContextEntry) return entry
    throw new Error(`${entry.path} is of another tree`)
  }

  #read(file: ContextEntry): string {
    const host = this.hostPathOf(file)
    try {
      return this.#learn(file, hashFile(host))
    } catch (error) {
      throw readError(host, error)
    }
  }

  #learn(file: ContextEntry, sha256: string): string {
    this.#memo.add(file.path, file.stats, sha256)
    return sha256
  }

  #isGone(path: BytePath): boolean {
    const slash = path.lastIndexOf('/')
    const sorted = this.#seen.get(path.slice(0, Math.max(0, slash)))?.sorted
    return sorted !== undefined && findSorted(sorted, path) === undefined
  }
}

/** Returns what is at `path`, of the things of one folder. */
function findSorted(entries: readonly ContextEntry[], path: BytePath): ContextEntry | undefined {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = entries[middle]
    if (found === undefined || found.path === path) return found
    if (found.path < path) low = middle + 1
    else high = middle
  }
  return undefined
}

async function reading<T>(host: BytePath, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw readError(host, error)
  }
}

function readError(host: BytePath, cause: unknown): unknown {
  const errno = errnoNameOf(cause)
  if (errno === undefined) return cause
  return new TcomposeError('build-source', `Cannot read "${displayPath(host)}": ${errno}`, {
    hint: 'Build again: the file was removed or replaced while it was read, or the disk is damaged',
    cause,
  })
}
