import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { type BytePath, nativePath } from '../../disk/byte-path.ts'

/** Something in an unpacked layer, as the disk has it. */
export interface LayerThing {
  /** Relative to the layer, without a slash at either end. */
  readonly path: BytePath
  readonly stats: BigIntStats
}

/**
 * Returns all that is in the unpacked layer at `root` but for the root itself, sorted by the bytes of its paths: so
 * folders come before what is in them. Links are not followed.
 */
export function walkLayer(root: BytePath): readonly LayerThing[] {
  const things: LayerThing[] = []
  addBelow(root, '', things)
  return things.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Tells whether the layer holds at most so many things with at most so many bytes of content; looks no further. */
export function isSmallLayer(
  root: BytePath,
  { things, bytes }: { readonly things: number; readonly bytes: number },
): boolean {
  const folders = [root]
  let left = things
  let bytesLeft = bytes
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const names = namesIn(folder)
    left -= names.length
    if (left < 0) return false
    for (const name of names) {
      const stats = lstatSync(nativePath(`${folder}/${name}`))
      if (stats.isDirectory()) folders.push(`${folder}/${name}`)
      else bytesLeft -= stats.size
    }
    if (bytesLeft < 0) return false
  }
  return true
}

function addBelow(root: BytePath, folder: BytePath, things: LayerThing[]): void {
  for (const name of namesIn(folder === '' ? root : `${root}/${folder}`)) {
    const path = folder === '' ? name : `${folder}/${name}`
    const stats = lstatSync(nativePath(`${root}/${path}`), { bigint: true })
    things.push({ path, stats })
    if (stats.isDirectory()) addBelow(root, path, things)
  }
}

function namesIn(folder: BytePath): readonly BytePath[] {
  return readdirSync(nativePath(folder), { encoding: 'latin1' })
}
