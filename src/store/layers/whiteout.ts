import type { BytePath } from '../../disk/byte-path.ts'

/** What an entry's name says about the layers below, in the form of the OCI image specification. */
export type Whiteout =
  | { readonly kind: 'none' }
  /** `.wh.name`: the lower layers' `name` is gone. */
  | { readonly kind: 'removed'; readonly name: BytePath }
  /** `.wh..wh..opq`: everything that lower layers have in the folder is gone. */
  | { readonly kind: 'opaque' }
  /** Bookkeeping of AUFS, which is no part of the image. */
  | { readonly kind: 'ignored' }

/** What the name of a whiteout begins with. */
export const WHITEOUT_PREFIX = '.wh.'
/** What marks the folder that it is in as opaque. */
export const OPAQUE_NAME = '.wh..wh..opq'

/** @throws {SyntaxError} If `name` removes something that is no entry of its folder. */
export function parseWhiteout(name: BytePath): Whiteout {
  if (!name.startsWith(WHITEOUT_PREFIX)) return { kind: 'none' }
  if (name === OPAQUE_NAME) return { kind: 'opaque' }
  if (name.startsWith('.wh..wh.')) return { kind: 'ignored' }
  const removed = name.slice(WHITEOUT_PREFIX.length)
  if (removed === '' || removed === '.' || removed === '..') {
    throw new SyntaxError('it removes a folder that it does not name')
  }
  return { kind: 'removed', name: removed }
}
