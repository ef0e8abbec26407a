import { assertNever } from '../../../../base/assert-never.ts'
import type { SourceSpan } from '../../../../base/source-span.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import type { CopyOperation, CopySource, TreeRef } from '../../../../planner/build/build-graph.ts'
import { ContentDigest } from './content-digest.ts'
import { findSource } from './find-source.ts'
import { Pace } from './pace.ts'
import type { RemoteSources } from './remote-sources.ts'
import { type ResolvedSource, resolveSource } from './resolve-source.ts'
import { selectedEntries } from './selected-entries.ts'
import { sourceNotFound } from './source-not-found.ts'
import { LARGE_FILE, type SourceTree } from './source-tree.ts'

/** Where the sources of a step are. */
export interface SourceAccess {
  treeOf(from: TreeRef): Promise<SourceTree>
  readonly remote: RemoteSources
  readonly signal: AbortSignal
}

/**
 * Returns a digest, as hex digits, of all that `operation` reads: what it copies is the same if it is. Which things
 * wildcards match counts, times do not.
 *
 * @throws {TcomposeError} `build-source` at the source that is missing or cannot be had.
 */
export async function digestSources(operation: CopyOperation, access: SourceAccess): Promise<string> {
  const digest = new ContentDigest()
  for (const source of operation.sources) {
    digest.add(source.kind)
    await addSource(digest, { source, operation, access })
  }
  return digest.toHex()
}

interface SourceQuestion {
  readonly source: CopySource
  readonly operation: CopyOperation
  readonly access: SourceAccess
}

async function addSource(
  digest: ContentDigest,
  { source, operation, access }: SourceQuestion,
): Promise<void> {
  switch (source.kind) {
    case 'tree': {
      const tree = await access.treeOf(source.from)
      for (const found of resolveSource(tree, source, operation)) await addFound(digest, found, access.signal)
      break
    }
    case 'inline':
      digest.add(bytePath(source.name))
      digest.add(bytePath(source.content))
      break
    case 'url':
    case 'git':
      digest.add(await access.remote.digestOf(source))
      break
    default:
      assertNever(source)
  }
}

/** What a folder itself is like does not count: its content is put into another. */
async function addFound(digest: ContentDigest, found: ResolvedSource, signal: AbortSignal): Promise<void> {
  const { tree, entry, name } = found
  const pace = new Pace(signal)
  if (entry.kind !== 'folder') {
    if (entry.size > LARGE_FILE) await tree.load(entry, pace)
    return digest.addEntry(tree, entry, name)
  }
  digest.add('contents')
  for (const { entry: inner, path } of selectedEntries(found)) {
    if (inner.size > LARGE_FILE) await tree.load(inner, pace)
    digest.addEntry(tree, inner, path)
    if (pace.step()) await pace.rest()
  }
}

/** A path that a mount shows. */
export interface PathQuestion {
  readonly from: TreeRef
  /** Starts at the root of the files. */
  readonly path: string
  /** Of the mount. */
  readonly span: SourceSpan
}

/**
 * Returns a digest, as hex digits, of what is at a path, links followed: of a file or a whole folder.
 *
 * @throws {TcomposeError} `build-source` at the mount if nothing is there.
 */
export async function digestPath(question: PathQuestion, access: SourceAccess): Promise<string> {
  const tree = await access.treeOf(question.from)
  const entry = findSource(tree, bytePath(question.path))
  if (entry === undefined) throw sourceNotFound(tree, question, question.path)
  const digest = new ContentDigest()
  if (entry.kind === 'folder') digest.addEntry(tree, entry, '')
  await addFound(digest, { tree, entry, name: '', selection: EVERYTHING }, access.signal)
  return digest.toHex()
}

const EVERYTHING = { includes: undefined, excludes: undefined }
