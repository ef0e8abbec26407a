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

const PREFIX = '.wh.'

/** @throws {SyntaxError} If `name` removes something that is no entry of its folder. */
export function parseWhiteout(name: BytePath): Whiteout {
  if (!name.startsWith(PREFIX)) return { kind: 'none' }
  if (name === '.wh..wh..opq') return { kind: 'opaque' }
  if (name.startsWith('.wh..wh.')) return { kind: 'ignored' }
  const removed = name.slice(PREFIX.length)
  if (removed === '' || removed === '.' || removed === '..') {
    throw new SyntaxError('it removes a folder that it does not name')
  }
  return { kind: 'removed', name: removed }
}
