import { didYouMean } from '../../../../base/did-you-mean.ts'
import { cleanPath } from '../../../../base/patterns/clean-path.ts'
import type { SourceSpan } from '../../../../base/source-span.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { bytePath, displayPath } from '../../../../disk/byte-path.ts'
import type { TreeRef } from '../../../../planner/build/build-graph.ts'
import { findSource } from './find-source.ts'
import { nameOf, type SourceTree } from './source-tree.ts'

/** Returns the error for a source, or the source of a mount, at a path where its files have nothing. */
export function sourceNotFound(
  tree: SourceTree,
  source: { readonly span: SourceSpan; readonly from: TreeRef },
  path: string,
): TcomposeError {
  const clean = cleanPath(`/${path}`)
  const place = placeOf(source.from)
  const name = place.isContext ? clean.slice(1) : clean
  const { state, hint } = absenceOf(tree, clean, place)
  return new TcomposeError('build-source', `Cannot copy "${name}": ${state}`, { span: source.span, hint })
}

interface Absence {
  readonly state: string
  readonly hint: string
}

function absenceOf(tree: SourceTree, path: string, place: Place): Absence {
  const reason = tree.reasonForAbsence(bytePath(path.slice(1)))
  if (reason !== undefined) return { state: reason, hint: `Add a line "!${path.slice(1)}" at its end` }
  const target = linkAt(tree, path)
  if (target !== undefined) {
    return {
      state: `it is a link to "${displayPath(target)}", and ${place.text} has nothing there`,
      hint: 'Copy what it leads to: a link cannot lead out of the files that it is in',
    }
  }
  return { state: `${place.text} has nothing there`, hint: nearName(tree, path, place.isContext) }
}

/** Returns the target of a link at `path` itself. */
function linkAt(tree: SourceTree, path: string): string | undefined {
  const slash = path.lastIndexOf('/')
  const folder = findSource(tree, bytePath(path.slice(0, slash)))
  if (folder?.kind !== 'folder' || slash === path.length - 1) return undefined
  return tree.child(folder, bytePath(path.slice(slash + 1)))?.target
}

interface Place {
  readonly text: string
  /** Paths are shown as relative. */
  readonly isContext: boolean
}

function placeOf(from: TreeRef): Place {
  switch (from.kind) {
    case 'context':
      return { text: from.name === '' ? 'the build context' : `context "${from.name}"`, isContext: true }
    case 'image':
      return { text: `image ${from.image}`, isContext: false }
    case 'step':
    case 'scratch':
      return { text: 'the stage', isContext: false }
  }
}

/** Suggests a name for the first part of `path` that is not there. */
function nearName(tree: SourceTree, path: string, isContext: boolean): string {
  const parts = path.split('/').slice(1)
  const missing = parts.findIndex((_, index) => at(tree, parts, index + 1) === undefined)
  const folder = at(tree, parts, missing)
  const siblings = folder?.kind === 'folder' ? tree.children(folder) : []
  const prefix = parts
    .slice(0, missing)
    .map(part => `${part}/`)
    .join('')
  const names = siblings.map(sibling => `${prefix}${displayPath(nameOf(sibling))}`)
  const start = isContext ? 'Sources start at the build context' : 'Sources start at "/" of the files'
  return didYouMean(parts.slice(0, missing + 1).join('/'), names) ?? `${start}: check the path`
}

function at(tree: SourceTree, parts: readonly string[], count: number): ReturnType<typeof findSource> {
  return findSource(tree, bytePath(parts.slice(0, count).join('/')))
}
