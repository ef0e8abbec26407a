import type { FileFacts } from '../../disk/bulk/file-facts.ts'
import { type ListOptions, listFolder } from '../../disk/bulk/list-folder.ts'
import type { BytePath } from '../../disk/byte-path.ts'

/** Something in an unpacked layer, as the disk has it. */
export interface LayerThing {
  /** Relative to the layer, without a slash at either end. */
  readonly path: BytePath
  /** That it is in, relative to the layer; empty for the layer itself. */
  readonly folder: BytePath
  readonly name: BytePath
  readonly stats: FileFacts
}

/**
 * Yields all that is in the unpacked layer at `root` but for the root itself, sorted by the bytes of its paths: so
 * folders come before what is in them. Links are not followed. A folder is read when it is come to.
 */
export function* walkLayer(root: BytePath, options: ListOptions = {}): Generator<LayerThing> {
  yield* below({ root, options }, '')
}

/** How much is in a layer. */
export interface LayerSize {
  readonly things: number
  /** Of content. */
  readonly bytes: number
}

/** Tells whether the layer at `root` is at most so large; looks no further. */
export function isWithin(root: BytePath, { things, bytes }: LayerSize): boolean {
  const folders = [root]
  let left = things
  let bytesLeft = bytes
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { names, factsAt } = listFolder(folder)
    left -= names.length
    if (left < 0) return false
    for (const [index, name] of names.entries()) {
      const stats = factsAt(index)
      if (stats.isDirectory()) folders.push(`${folder}/${name}`)
      else bytesLeft -= stats.size
    }
    if (bytesLeft < 0) return false
  }
  return true
}

interface Walk {
  readonly root: BytePath
  readonly options: ListOptions
}

function* below(walk: Walk, folder: BytePath): Generator<LayerThing> {
  const prefix = folder === '' ? '' : `${folder}/`
  const { names, factsAt } = listFolder(folder === '' ? walk.root : `${walk.root}/${folder}`, walk.options)
  // What is in "a" comes behind "a.b", and that behind what is in "a.b": a slash is greater than a dot.
  const waiting: BytePath[] = []
  for (const [index, name] of names.entries()) {
    for (let last = waiting.at(-1); last !== undefined && `${last}/` < name; last = waiting.at(-1)) {
      waiting.pop()
      yield* below(walk, `${prefix}${last}`)
    }
    const stats = factsAt(index)
    yield { path: `${prefix}${name}`, folder, name, stats }
    if (stats.isDirectory()) waiting.push(name)
  }
  for (const last of waiting.reverse()) yield* below(walk, `${prefix}${last}`)
}
