import { cleanPath } from '../../../../base/patterns/clean-path.ts'
import { compileNamePattern, hasWildcards } from '../../../../base/patterns/name-pattern.ts'
import { PathRules } from '../../../../base/patterns/path-rules.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { type BytePath, bytePath, displayPath } from '../../../../disk/byte-path.ts'
import type { CopyOperation, CopySource } from '../../../../planner/build/build-graph.ts'
import { findSource } from './find-source.ts'
import { sourceNotFound } from './source-not-found.ts'
import { nameOf, pathBelow, type SourceEntry, type SourceTree } from './source-tree.ts'

/** A source that is a path in some files. */
export type TreeSource = Extract<CopySource, { readonly kind: 'tree' }>

/** One thing that COPY or ADD copies. */
export interface ResolvedSource {
  readonly tree: SourceTree
  /** What it is after all links. */
  readonly entry: SourceEntry
  /** What it is called where it is put into a folder: the name before links were followed. */
  readonly name: BytePath
  readonly selection: Selection
}

/** What of a folder is copied. Patterns are about paths below it. */
export interface Selection {
  /** Undefined for all. */
  readonly includes: PathRules | undefined
  readonly excludes: PathRules | undefined
}

/**
 * Finds what `source` names: one thing, or those that its wildcards match, which may be none. With `--parents` it is
 * the folder that the kept path starts in, and what is behind becomes a pattern.
 *
 * @throws {TcomposeError} `build-source` at the source, if a path without wildcards leads nowhere or a pattern is
 * malformed.
 */
export function resolveSource(
  tree: SourceTree,
  source: TreeSource,
  operation: CopyOperation,
): readonly ResolvedSource[] {
  const { path, pattern } = operation.keepsParents
    ? splitAtPivot(source.path)
    : { path: source.path, pattern: undefined }
  if (pattern !== undefined && !hasWildcards(source.path)) {
    requireSource(tree, source, bytePath(`${path}/${pattern}`))
  }
  const selection = {
    includes: pattern === undefined ? undefined : rulesOf([pattern], source),
    excludes: operation.excludes.length === 0 ? undefined : rulesOf(operation.excludes, source),
  }
  return matchesOf(tree, source, cleanPath(`/${path}`)).map(found => {
    const entry = requireSource(tree, source, found)
    return { tree, entry, name: found.slice(found.lastIndexOf('/') + 1), selection }
  })
}

function rulesOf(patterns: readonly string[], source: TreeSource): PathRules {
  return compiled(source, () => new PathRules(patterns))
}

function compiled<T>({ span }: TreeSource, compile: () => T): T {
  try {
    return compile()
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new TcomposeError('build-source', `Cannot choose what to copy: ${cause.message}`, {
      span,
      hint: 'Correct the pattern, or put a backslash before a character that is meant as it is',
      cause,
    })
  }
}

/** Of a path with `/./` only what is behind is kept. */
function splitAtPivot(path: string): { readonly path: string; readonly pattern: string } {
  const pivot = path.indexOf('/./')
  const pattern = pivot < 0 ? path : path.slice(pivot + 3)
  return { path: pivot < 0 ? '/' : path.slice(0, pivot), pattern: cleanPath(`/${pattern}`).slice(1) }
}

/** Returns `path`, or the paths that it matches, in order. Folders on the way to them are no links. */
function matchesOf(tree: SourceTree, source: TreeSource, path: string): readonly BytePath[] {
  const parts = path.split('/').slice(1)
  const first = parts.findIndex(hasWildcards)
  if (first < 0) return [bytePath(path)]
  const patterns = compiled(source, () => parts.slice(first).map(compileNamePattern))
  const base = `/${parts.slice(0, first).join('/')}`
  const start = requireSource(tree, source, bytePath(base))
  let found: readonly { readonly path: BytePath; readonly entry: SourceEntry }[] = [
    { path: bytePath(base === '/' ? '' : base), entry: start },
  ]
  for (const matches of patterns) {
    found = found
      .filter(({ entry }) => entry.kind === 'folder')
      .flatMap(({ path: folder, entry }) =>
        tree
          .children(entry)
          .filter(child => matches(displayPath(nameOf(child))))
          .map(child => ({ path: pathBelow(folder, nameOf(child)), entry: child })),
      )
  }
  return found.map(match => match.path)
}

function requireSource(tree: SourceTree, source: TreeSource, path: BytePath): SourceEntry {
  const entry = findSource(tree, path)
  if (entry === undefined) throw sourceNotFound(tree, source, displayPath(path))
  return entry
}
