import { suggestOneOf } from '../../base/did-you-mean.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import type { RunMountFlag, Word } from '../../model/dockerfile.ts'
import { mountBytes, mountId, mountMode } from '../../model/mount-option.ts'
import { InstructionError } from './instruction-error.ts'

/** Who owns something that is mounted, and who may use it. */
export interface MountOwner {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

/** The options of one `--mount`, expanded and read. Every reader throws `InstructionError` for a value that is none. */
export class MountOptions {
  readonly #flag: RunMountFlag
  readonly #expand: (word: Word) => string

  constructor(flag: RunMountFlag, expand: (word: Word) => string) {
    this.#flag = flag
    this.#expand = expand
  }

  text(key: string): string | undefined {
    const word = this.#flag.options.get(key)
    return word === undefined ? undefined : this.#expand(word)
  }

  /** What `readonly` or `readwrite` says; undefined if neither is there. */
  isReadOnly(): boolean | undefined {
    const isWritable = this.boolean('readwrite')
    return this.boolean('readonly') ?? (isWritable === undefined ? undefined : !isWritable)
  }

  boolean(key: string): boolean | undefined {
    return this.#read(key, 'true or false', parseGoBool)
  }

  oneOf<T extends string>(key: string, known: readonly T[]): T | undefined {
    const word = this.#flag.options.get(key)
    if (word === undefined) return undefined
    const text = this.#expand(word)
    const found = known.find(name => name === text.toLowerCase())
    if (found !== undefined) return found
    throw this.#bad(word, { key, text, hint: suggestOneOf(text, known) })
  }

  count(key: string): number | undefined {
    return this.#read(key, 'a number', mountId)
  }

  /** Permission bits, written in octal. */
  mode(key: string): number | undefined {
    return this.#read(key, 'octal digits, e.g. 0755', mountMode)
  }

  /** `512`, `64m`, `1g`. */
  bytes(key: string): number | undefined {
    return this.#read(key, 'a size, e.g. 64m', mountBytes)
  }

  /** Undefined if nothing is said; else what is not said is 0, and `mode` of the permissions. */
  owner(mode: number): MountOwner | undefined {
    const said = { uid: this.count('uid'), gid: this.count('gid'), mode: this.mode('mode') }
    if (said.uid === undefined && said.gid === undefined && said.mode === undefined) return undefined
    return { uid: said.uid ?? 0, gid: said.gid ?? 0, mode: said.mode ?? mode }
  }

  #read<T>(key: string, expected: string, read: (text: string) => T | undefined): T | undefined {
    const word = this.#flag.options.get(key)
    if (word === undefined) return undefined
    const text = this.#expand(word)
    const value = read(text)
    if (value === undefined) throw this.#bad(word, { key, text, hint: `expected ${expected}` })
    return value
  }

  #bad({ span }: Word, { key, text, hint }: BadOption): InstructionError {
    return new InstructionError(
      `Cannot mount ${this.#flag.type}: its ${key} "${text}" is no value of that option`,
      { span, hint },
    )
  }
}

interface BadOption {
  readonly key: string
  readonly text: string
  readonly hint: string | undefined
}
