import { type BigIntStats, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import type { AbsolutePath } from '../base/absolute-path.ts'
import { type BytePath, bytePath, nativePath } from './byte-path.ts'
import { getXattr, OPAQUE_XATTR } from './inode.ts'

/** Something in one layer. */
export interface LayerPlace {
  /** The layer's folder on the host; empty for the host's root. */
  readonly layer: BytePath
  /** `layer` itself, or a path below it. No part of it below `layer` was a link when it was looked up. */
  readonly hostPath: BytePath
}

/** Something in a tree of layers: its place is in the topmost layer that has it. */
export interface TreeEntry extends LayerPlace {
  /** Its name in its folder. */
  readonly name: BytePath
  /** Of the thing itself, also where it is a link. */
  readonly stats: BigIntStats
  /** For a folder: the places that make it up, the topmost first. Empty for all else. */
  readonly folders: readonly LayerPlace[]
}

/** The way along a path. */
export interface TreeTrace {
  /** What was passed, from the root on; none of it is a link. */
  readonly trail: readonly TreeEntry[]
  /** The names behind the last of `trail` that there is nothing for. */
  readonly missing: readonly BytePath[]
}

/** Returns the path of `place` in its layer, relative; empty for the layer itself. */
export function pathInLayer({ layer, hostPath }: LayerPlace): BytePath {
  return hostPath.slice(layer.length + 1)
}

/** As many links as the kernel follows in one path. */
const MOST_LINKS = 40

/**
 * A read-only view of an image as overlayfs would mount it: upper layers win, whiteouts and opaque folders hide what
 * lies below. Links are resolved inside the tree; none points out of it.
 */
export class LayeredTree {
  readonly #root: TreeEntry

  /** @param layers The lowest first. */
  constructor(layers: readonly AbsolutePath[]) {
    const paths = layers.toReversed().map(layer => bytePath(layer === '/' ? '' : layer))
    const folders = paths.map(path => ({ layer: path, hostPath: path }))
    const [top = { layer: '', hostPath: '' }] = folders
    const stats = statSync(nativePath(top.hostPath || '/'), { bigint: true })
    this.#root = { name: '', ...top, stats, folders }
  }

  /** Returns what is at `path` after all links, or undefined if there is nothing. `path` starts at the tree's root. */
  lookup(path: string): TreeEntry | undefined {
    const { trail, missing } = this.trace(path)
    return missing.length === 0 ? trail.at(-1) : undefined
  }

  /** Follows `path` and all links as far as there is something. */
  trace(path: string): TreeTrace {
    const trail: TreeEntry[] = [this.#root]
    const ahead = partsOf(bytePath(path)).reverse()
    let links = 0
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (name === '..') {
        trail.splice(Math.max(1, trail.length - 1))
        continue
      }
      const found = childOf(trail.at(-1) ?? this.#root, name)
      if (found === undefined) return { trail, missing: [name, ...ahead.reverse()] }
      const target = linkTarget(found)
      if (target === undefined) trail.push(found)
      else {
        links += 1
        if (links > MOST_LINKS) return { trail, missing: [name, ...ahead.reverse()] }
        if (target.startsWith('/')) trail.length = 1
        ahead.push(...partsOf(target).reverse())
      }
    }
    return { trail, missing: [] }
  }

  /** Returns what is in the folder at `path`, links not followed, or undefined if there is no folder. */
  readDir(path: string): readonly TreeEntry[] | undefined {
    const entry = this.lookup(path)
    return entry?.stats.isDirectory() === true ? childrenOf(entry) : undefined
  }
}

/** Returns what is in `folder`, sorted by name, links not followed. */
export function childrenOf(folder: TreeEntry): readonly TreeEntry[] {
  const names = new Set<BytePath>()
  for (const { hostPath } of folder.folders) {
    for (const name of readdirSync(nativePath(`${hostPath}/`), { encoding: 'latin1' })) names.add(name)
  }
  return [...names].sort().flatMap(name => childOf(folder, name) ?? [])
}

/**
 * Returns what has `name` in `folder`, links not followed. Looks from the topmost layer down, until one ends the search:
 * by a whiteout, by anything but a folder, or as opaque.
 */
export function childOf(folder: TreeEntry, name: BytePath): TreeEntry | undefined {
  const folders: LayerPlace[] = []
  let top: Pick<TreeEntry, 'layer' | 'hostPath' | 'stats'> | undefined
  for (const { layer, hostPath: parent } of folder.folders) {
    const hostPath = `${parent}/${name}`
    const stats = lstatSync(nativePath(hostPath), { bigint: true, throwIfNoEntry: false })
    if (stats === undefined) continue
    if (isWhiteout(stats)) break
    top ??= { layer, hostPath, stats }
    if (!stats.isDirectory()) break
    folders.push({ layer, hostPath })
    if (isOpaque(hostPath)) break
  }
  return top === undefined ? undefined : { name, ...top, folders: top.stats.isDirectory() ? folders : [] }
}

/** Returns what a link leads to; undefined for all else. */
export function linkTarget({ stats, hostPath }: TreeEntry): BytePath | undefined {
  return stats.isSymbolicLink() ? readlinkSync(nativePath(hostPath), { encoding: 'latin1' }) : undefined
}

function isWhiteout(stats: BigIntStats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0n
}

/** Tells whether a folder of a layer hides what lower layers have there. */
export function isOpaque(path: BytePath): boolean {
  return getXattr(path, OPAQUE_XATTR)?.toString('latin1') === 'y'
}

function partsOf(path: BytePath): BytePath[] {
  return path.split('/').filter(part => part !== '' && part !== '.')
}
