import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { type ArchivedFile, readArchivedFiles } from './archived-file.ts'

/** The files of an image by absolute path. Hard links are the same object. */
export type ImageTree = ReadonlyMap<string, ArchivedFile>

/** Returns the tree that layers make, each a tar archive, the lowest first. */
export function mergeLayers(layers: readonly Buffer[]): ImageTree {
  const tree = new Map<string, ArchivedFile>()
  for (const layer of layers) {
    const files = readArchivedFiles(layer)
    for (const file of files) removeWhatItHides(tree, absolute(file.name))
    const own = new Set<string>()
    for (const file of files) addFile(tree, file, own)
  }
  return tree
}

/** Returns a path from `/` on, without `.`, `..` and doubled slashes. */
export function absolute(path: string): string {
  return posix.resolve('/', path)
}

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

function removeWhatItHides(tree: Map<string, ArchivedFile>, path: string): void {
  const name = posix.basename(path)
  const folder = posix.dirname(path)
  if (name === OPAQUE) removeBelow(tree, folder)
  else if (name.startsWith(WHITEOUT)) removeTree(tree, posix.join(folder, name.slice(WHITEOUT.length)))
}

function addFile(tree: Map<string, ArchivedFile>, file: ArchivedFile, own: Set<string>): void {
  const path = absolute(file.name)
  if (path === '/' || posix.basename(path).startsWith(WHITEOUT)) return
  const isLink = KINDS[file.type] === 'h'
  const added = isLink ? tree.get(absolute(file.link)) : file
  if (added === undefined) throw new Error(`Cannot link ${path}: there is no ${file.link}`)
  // A folder keeps what lower layers have in it; what the layer itself put there stays in any case.
  if (KINDS[file.type] !== 'd' && !own.has(path)) removeTree(tree, path)
  own.add(path)
  tree.set(path, added)
}

function removeTree(tree: Map<string, ArchivedFile>, path: string): void {
  tree.delete(path)
  removeBelow(tree, path)
}

function removeBelow(tree: Map<string, ArchivedFile>, folder: string): void {
  const prefix = folder === '/' ? '/' : `${folder}/`
  for (const path of [...tree.keys()]) if (path.startsWith(prefix)) tree.delete(path)
}

/** Letters of what an entry is, by the type flag of its header. */
const KINDS: Readonly<Record<string, string>> = {
  '0': 'f',
  '7': 'f',
  '1': 'h',
  '2': 'l',
  '3': 'c',
  '4': 'b',
  '5': 'd',
  '6': 'p',
}

/**
 * Returns a line for each path: kind, mode, owner, size and digest of a file, target of a link, attributes, and the first
 * of its hard links. Times are left out.
 */
export function describeTree(tree: ImageTree): ReadonlyMap<string, string> {
  const first = new Map<ArchivedFile, string>()
  const lines = new Map<string, string>()
  for (const [path, file] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const same = first.get(file)
    lines.set(path, `${describeFile(path, file)}${same === undefined ? '' : ` = ${same}`}`)
    if (same === undefined) first.set(file, path)
  }
  return lines
}

function describeFile(path: string, file: ArchivedFile): string {
  const kind = KINDS[file.type] ?? file.type
  const owner = `${file.uid}:${file.gid}`
  const mode = file.mode.toString(8)
  switch (kind) {
    case 'd':
      return `d ${mode} ${owner}${describeAttributes(file)}`
    case 'l':
      return `l ${owner} ${file.link}`
    case 'f':
      return `f ${mode} ${owner} ${describeContent(path, file)}${describeAttributes(file)}`
    case 'p':
      return `p ${mode} ${owner}`
    default:
      return `${kind} ${mode} ${owner} ${file.device}`
  }
}

/** Files whose content differs from build to build, or from machine to machine. */
const ANY_CONTENT = /^\/rnd|busybox$/

function describeContent(path: string, { content }: ArchivedFile): string {
  if (ANY_CONTENT.test(path)) return '*'
  return `${content.length} ${createHash('sha256').update(content).digest('hex').slice(0, 10)}`
}

function describeAttributes({ attributes }: ArchivedFile): string {
  return [...attributes]
    .filter(([name]) => !name.startsWith('trusted.overlay'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ` ${name}=${value}`)
    .join('')
}
