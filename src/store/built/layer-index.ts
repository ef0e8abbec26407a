import type { BytePath } from '../../disk/byte-path.ts'

/** What is in an unpacked layer, sorted by path: folders come before what is in them. */
export type LayerIndex = readonly LayerIndexEntry[]

/** One thing in a layer, without its times. */
export interface LayerIndexEntry {
  /** Relative to the layer, without a slash at either end. */
  readonly path: BytePath
  /** A `whiteout` removes what lower layers have there. */
  readonly kind: 'file' | 'folder' | 'link' | 'fifo' | 'char' | 'block' | 'socket' | 'whiteout'
  /** Permission bits with set-id and sticky bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of a file, else 0. */
  readonly size: number
  /** Hex digits, of a file. */
  readonly sha256?: string
  /** Of a link. */
  readonly target?: BytePath
  /** `major:minor`, of a device. */
  readonly device?: string
  /** Of a folder that hides what lower layers have in it. */
  readonly isOpaque?: true
  /** Names and values (base64), sorted by name; those that belong to an image. */
  readonly xattrs?: readonly (readonly [string, string])[]
}
