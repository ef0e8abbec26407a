import type { BigIntStats } from 'node:fs'
import type { FileFacts } from '../../../../disk/bulk/file-facts.ts'
import type { BytePath } from '../../../../disk/byte-path.ts'
import type { Pace } from './pace.ts'

/** Files that COPY, ADD and bind mounts read: of a context, or of the layers of an image. Nothing in it changes. */
export interface SourceTree {
  readonly root: SourceEntry
  /** Returns what has `name` in `folder`, links not followed. */
  child(folder: SourceEntry, name: BytePath): SourceEntry | undefined
  /** Returns what is in `folder`, sorted by name. */
  children(folder: SourceEntry): readonly SourceEntry[]
  /** Returns the SHA-256 of a file in hex digits. A large one blocks, unless `load` came before. */
  sha256Of(file: SourceEntry): string
  /** Finds out what `sha256Of` returns, giving way to others while a large file is read. */
  load(file: SourceEntry, pace: Pace): Promise<void>
  /** Returns where the thing is on the host. */
  hostPathOf(entry: SourceEntry): BytePath
  /** Returns what was known of it when it was looked at first; undefined where that is in the index of a layer. */
  factsOf(entry: SourceEntry): FileFacts | undefined
  /** Tells whether a file is as it was when it was looked at first, by what is known of it now. */
  isUnchanged(file: SourceEntry, stats: BigIntStats): boolean
  /** Says why there is nothing at `path` though there may be something, e.g. `.dockerignore leaves it out`. */
  reasonForAbsence(path: BytePath): string | undefined
}

/** A file of more bytes is read in pieces, so that others can go on meanwhile. */
export const LARGE_FILE: number = 4 * 1024 * 1024

/** What something in a tree is. */
export type SourceKind = 'file' | 'folder' | 'link' | 'fifo' | 'char' | 'block' | 'socket'

/** Something in a tree. */
export interface SourceEntry {
  /** Relative to the root, which is empty. */
  readonly path: BytePath
  readonly kind: SourceKind
  /** Permission bits with set-id and sticky bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of a file, else 0. */
  readonly size: number
  /** Of a link. */
  readonly target: BytePath | undefined
  /** `major:minor`, of a device. */
  readonly device: string | undefined
  /** Names and values (base64), sorted by name. */
  readonly xattrs: readonly (readonly [string, string])[]
}

/** Returns the name of `entry` in its folder; empty for the root. */
export function nameOf({ path }: SourceEntry): BytePath {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Returns the path of `name` in the folder at `folder`. */
export function pathBelow(folder: BytePath, name: BytePath): BytePath {
  return folder === '' ? name : `${folder}/${name}`
}
