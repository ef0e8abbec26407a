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
  const reason = tree.reasonForAbsence(bytePath(clean.slice(1)))
  const name = place.isContext ? clean.slice(1) : clean
  const state = reason ?? `${place.text} has nothing there`
  return new TcomposeError('build-source', `Cannot copy "${name}": ${state}`, {
    span: source.span,
    hint: reason === undefined ? nearName(tree, clean, place.isContext) : `Add a line "!${name}" at its end`,
  })
}

function placeOf(from: TreeRef): { readonly text: string; readonly isContext: boolean } {
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
