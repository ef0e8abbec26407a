import { cleanPath } from '../../../../base/patterns/clean-path.ts'
import { type BytePath, bytePath, displayPath } from '../../../../disk/byte-path.ts'
import { asMkdir } from './as-mkdir.ts'
import type { CopyStep } from './copy-step.ts'
import { findAt, makeFolders, resolveLinks } from './destination-path.ts'
import type { FileAttributes } from './file-attributes.ts'
import type { LeafPlace } from './leaf-writer.ts'
import { pathBelow } from './source-tree.ts'

/** What is to be put somewhere. */
export interface Traveller {
  readonly isFolder: boolean
  /** What it is called where it is put into a folder; empty for the root of a tree. */
  readonly name: BytePath
  /** Of a folder, what is in it is copied, not the folder. */
  readonly copiesContents: boolean
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
}

/**
 * Finds the path where something goes, without links, and makes the folders on the way; also the folder itself where
 * what is in another is put into it.
 *
 * @throws {SyntaxError} If something else than a folder is on the way.
 */
export function copyTarget(step: CopyStep, traveller: Traveller): BytePath {
  const { destination, operation } = step
  const { isFolder, name, copiesContents, mtime } = traveller
  const isOwned = operation.chown !== undefined
  const made = (parent: FileAttributes) => asMkdir({ ...step.made, mtime }, parent, isOwned)
  const wanted = operation.destination
  makeFolders(destination, resolveLinks(destination, bytePath(folderPartOf(wanted))), made)
  const path = resolveLinks(destination, bytePath(cleanPath(wanted)))
  const there = findAt(destination, path)
  if (isFolder && copiesContents) {
    if (there?.kind !== 'leaf') makeFolders(destination, path, made)
    return path
  }
  const isInside = isFolder ? there !== undefined : there?.kind === 'folder'
  const target = isInside && name !== '' ? pathBelow(path, name) : path
  makeFolders(destination, folderOf(target), made)
  return target
}

/**
 * Returns where `path`, which has no links and is not the root, is to be.
 *
 * @throws {SyntaxError} If it is in no folder.
 */
export function placeAt({ destination }: CopyStep, path: BytePath): LeafPlace {
  const folder = findAt(destination, folderOf(path))
  if (folder?.kind !== 'folder') throw new SyntaxError(`"/${displayPath(folderOf(path))}" is not a directory`)
  return { folder, name: path.slice(path.lastIndexOf('/') + 1) }
}

/** Returns the folder that `path` is in. */
export function folderOf(path: BytePath): BytePath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Returns what of a destination is surely a folder: all of it behind which there is a slash. */
function folderPartOf(destination: string): string {
  return /(^|\/)\.?$/.test(destination) ? destination : folderOf(destination)
}
