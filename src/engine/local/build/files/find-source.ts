import type { BytePath } from '../../../../disk/byte-path.ts'
import type { SourceEntry, SourceTree } from './source-tree.ts'

/** As many links as BuildKit follows in one path. */
const MOST_LINKS = 255

/**
 * Returns what is at `path` after all links, which do not lead out of the tree; undefined if there is nothing.
 *
 * @param path Starts at the root of the tree.
 */
export function findSource(tree: SourceTree, path: BytePath): SourceEntry | undefined {
  const trail: SourceEntry[] = [tree.root]
  const ahead = partsOf(path).reverse()
  let links = 0
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '..') {
      trail.splice(Math.max(1, trail.length - 1))
      continue
    }
    const found = childAt(tree, trail, name)
    if (found === undefined) return undefined
    if (found.target === undefined) {
      trail.push(found)
      continue
    }
    links += 1
    if (links > MOST_LINKS) return undefined
    if (found.target.startsWith('/')) trail.length = 1
    ahead.push(...partsOf(found.target).reverse())
  }
  return trail.at(-1)
}

function childAt(tree: SourceTree, trail: readonly SourceEntry[], name: BytePath): SourceEntry | undefined {
  const folder = trail.at(-1)
  return folder?.kind === 'folder' ? tree.child(folder, name) : undefined
}

function partsOf(path: BytePath): BytePath[] {
  return path.split('/').filter(part => part !== '' && part !== '.')
}
