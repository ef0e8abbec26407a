import { createHash, type Hash } from 'node:crypto'
import { sha256Hex } from '../../../../base/sha256.ts'
import type { BytePath } from '../../../../disk/byte-path.ts'
import type { SourceEntry, SourceTree } from './source-tree.ts'

/**
 * Text is hashed in pieces of about this many characters. What is no more than a piece is hashed without `node:crypto`,
 * which takes longer to load.
 */
const PIECE = 64 * 1024

/**
 * Hashes what things are: names, kinds, modes, owners, targets of links, contents, extended attributes. No times:
 * BuildKit's cache does not mind them either.
 */
export class ContentDigest {
  #hash: Hash | undefined
  #text = ''

  /** Adds a thing under the name `path`. */
  addEntry(tree: SourceTree, entry: SourceEntry, path: BytePath): void {
    const { kind, mode, uid, gid, xattrs } = entry
    const content = kind === 'file' ? tree.sha256Of(entry) : (entry.target ?? entry.device ?? '')
    this.add(`${path}\0${kind}\0${kind === 'link' ? '' : mode}\0${uid}\0${gid}\0${content}`)
    for (const [name, value] of xattrs) this.add(`+${name}\0${value}`)
  }

  /** Adds text, one character a byte, without line feeds but in names. */
  add(text: string): void {
    this.#text += `${text.length}:${text}\n`
    if (this.#text.length > PIECE) this.#flush()
  }

  /** Returns hex digits. Nothing can be added any more. */
  toHex(): string {
    if (this.#hash === undefined) return sha256Hex(Buffer.from(this.#text, 'latin1'))
    this.#flush()
    return this.#hash.digest('hex')
  }

  #flush(): void {
    this.#hash ??= createHash('sha256')
    this.#hash.update(this.#text, 'latin1')
    this.#text = ''
  }
}
