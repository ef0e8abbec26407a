import type { FolderVerdict, PathRules } from '../../../../base/patterns/path-rules.ts'
import { type BytePath, displayPath } from '../../../../disk/byte-path.ts'
import type { ResolvedSource, Selection } from './resolve-source.ts'
import { nameOf, pathBelow, type SourceEntry, type SourceTree } from './source-tree.ts'

/** Something below a folder that is copied. */
export interface SelectedEntry {
  readonly entry: SourceEntry
  /** Relative to the folder. */
  readonly path: BytePath
  /** A folder that no pattern names, but something below it. */
  readonly isImplied: boolean
}

/**
 * Yields what is below the folder of `source` and selected, each folder before what is in it. A folder that is not
 * selected itself comes only if something below it is.
 */
export function* selectedEntries({ tree, entry, selection }: ResolvedSource): Generator<SelectedEntry> {
  yield* below({ tree, selection }, { entry, path: '', include: undefined, exclude: undefined, pending: [] })
}

interface Walk {
  readonly tree: SourceTree
  readonly selection: Selection
}

interface Folder {
  readonly entry: SourceEntry
  readonly path: BytePath
  readonly include: FolderVerdict | undefined
  readonly exclude: FolderVerdict | undefined
  /** Folders on the way that come before the next thing that is selected. */
  readonly pending: SelectedEntry[]
}

function* below(walk: Walk, folder: Folder): Generator<SelectedEntry> {
  for (const entry of walk.tree.children(folder.entry)) {
    const path = pathBelow(folder.path, nameOf(entry))
    if (entry.kind === 'folder') yield* enter(walk, folder, { entry, path, isImplied: false })
    else if (isSelected(walk.selection, folder, path)) {
      yield* folder.pending.splice(0)
      yield { entry, path, isImplied: false }
    }
  }
}

function* enter(walk: Walk, parent: Folder, found: SelectedEntry): Generator<SelectedEntry> {
  const { includes, excludes } = walk.selection
  const { entry, path } = found
  const text = includes === undefined && excludes === undefined ? '' : displayPath(path)
  const include = includes?.enter(text, parent.include)
  const exclude = excludes?.enter(text, parent.exclude)
  if (exclude?.isMatched === true && excludes?.canExceptBelow(text) !== true) return
  const folder = { entry, path, include, exclude, pending: parent.pending }
  if (include?.isMatched !== false && exclude?.isMatched !== true) {
    yield* parent.pending.splice(0)
    yield found
    yield* below(walk, folder)
  } else if (include === undefined || includes?.canMatchBelow(text, include) === true) {
    const implied = { ...found, isImplied: true }
    parent.pending.push(implied)
    yield* below(walk, folder)
    const at = parent.pending.indexOf(implied)
    if (at >= 0) parent.pending.splice(at)
  }
}

function isSelected({ includes, excludes }: Selection, folder: Folder, path: BytePath): boolean {
  if (includes === undefined && excludes === undefined) return true
  const text = displayPath(path)
  return matches(includes, text, folder.include) !== false && matches(excludes, text, folder.exclude) !== true
}

function matches(
  rules: PathRules | undefined,
  path: string,
  parent: FolderVerdict | undefined,
): boolean | undefined {
  return rules?.matches(path, parent)
}
