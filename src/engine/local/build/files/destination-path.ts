import { type BytePath, displayPath } from '../../../../disk/byte-path.ts'
import type { DestinationFolder, DestinationLeaf } from './destination-folder.ts'
import type { FileAttributes } from './file-attributes.ts'
import { pathBelow } from './source-tree.ts'

/** As many links as BuildKit follows in one path. */
const MOST_LINKS = 255

/**
 * Returns `path`, which starts at `root`, without links. They are followed below `root`, also where they lead to
 * nothing.
 *
 * @throws {SyntaxError} If they lead in a circle.
 */
export function resolveLinks(root: DestinationFolder, path: BytePath): BytePath {
  const trail: (DestinationFolder | undefined)[] = [root]
  const names: BytePath[] = []
  const ahead = partsOf(path).reverse()
  let links = 0
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '..') {
      names.pop()
      trail.splice(Math.max(1, trail.length - 1))
      continue
    }
    const found = trail.at(-1)?.child(name)
    if (found?.kind !== 'leaf' || found.target === undefined) {
      names.push(name)
      trail.push(found?.kind === 'folder' ? found : undefined)
      continue
    }
    links += 1
    if (links > MOST_LINKS) throw new SyntaxError('its links lead in a circle')
    if (found.target.startsWith('/')) {
      names.length = 0
      trail.length = 1
    }
    ahead.push(...partsOf(found.target).reverse())
  }
  return names.join('/')
}

/** Returns what is at `path` below `root`, links not followed; undefined if there is nothing. */
export function findAt(
  root: DestinationFolder,
  path: BytePath,
): DestinationFolder | DestinationLeaf | undefined {
  let found: DestinationFolder | DestinationLeaf | undefined = root
  for (const name of partsOf(path)) {
    if (found?.kind !== 'folder') return undefined
    found = found.child(name)
  }
  return found
}

/**
 * Returns the folder at `path` below `root`, links not followed. Those that miss are made.
 *
 * @throws {SyntaxError} If something else than a folder is on the way.
 */
export function makeFolders(
  root: DestinationFolder,
  path: BytePath,
  made: FileAttributes | ((parent: FileAttributes) => FileAttributes),
): DestinationFolder {
  let folder = root
  for (const name of partsOf(path)) {
    const found = folder.child(name)
    if (found?.kind === 'leaf') {
      throw new SyntaxError(`"/${displayPath(pathBelow(folder.path, name))}" is not a directory`)
    }
    folder = found ?? folder.makeFolder(name, typeof made === 'function' ? made(folder.attributes) : made)
  }
  return folder
}

function partsOf(path: BytePath): BytePath[] {
  return path.split('/').filter(part => part !== '' && part !== '.')
}
