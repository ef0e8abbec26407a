import { readdirSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type LogBytes, openPlainLog } from './log-bytes.ts'
import { openPackedLog } from './packed-log.ts'

/** One file of a log. */
export interface LogFile {
  /** Counts from 1; files with smaller numbers were written before. */
  readonly number: number
  readonly bytes: LogBytes
  /** It was opened as the one that is written to, and may have been renamed since. */
  readonly isOpenEnded: boolean
}

/**
 * The files of the log at `path`: the one that is written to, and the full ones, `PATH.N` or packed `PATH.N.gz`. The
 * keeper renames a file when it is complete, to a number that is one more than all others; it removes the oldest, and
 * no other gets a number twice. So a file that is open can be read to its end, whatever becomes of its name.
 */
export class LogFiles {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Tells whether `file` was the one that is written to at the time of the call. */
  isWrittenTo({ isOpenEnded, bytes }: LogFile): boolean {
    return isOpenEnded && bytes.inode === this.inode()
  }

  /** Returns the inode of the file that is written to; undefined if there is none. */
  inode(): bigint | undefined {
    return statSync(this.#path, { bigint: true, throwIfNoEntry: false })?.ino
  }

  /** Opens the file that comes next after `number`; undefined if there is none. */
  openAfter(number: number): LogFile | undefined {
    let after = number
    for (;;) {
      const next = this.#numbers().find(full => full > after)
      if (next === undefined) {
        const current = this.#openCurrent(after)
        if (current !== 'renamed') return current
        continue
      }
      const file = this.#openFull(next)
      if (file !== undefined) return file
      after = next
    }
  }

  /** Opens the file that is written to, or the last full one. */
  openLast(): LogFile | undefined {
    for (;;) {
      const file = this.openAfter(this.#numbers().at(-1) ?? 0)
      if (file === undefined) return this.openBefore(Number.POSITIVE_INFINITY)
      if (file.isOpenEnded) return file
      file.bytes[Symbol.dispose]()
    }
  }

  /** Opens the full file that comes before `number`; undefined if there is none. */
  openBefore(number: number): LogFile | undefined {
    for (const full of this.#numbers().toReversed()) {
      const file = full < number ? this.#openFull(full) : undefined
      if (file !== undefined) return file
    }
    return undefined
  }

  /** Its number is one more than that of the last full file, if none becomes full meanwhile. */
  #openCurrent(after: number): LogFile | 'renamed' | undefined {
    const bytes = openPlainLog(this.#path)
    if (bytes === undefined) return (this.#numbers().at(-1) ?? 0) > after ? 'renamed' : undefined
    const last = this.#numbers().at(-1) ?? 0
    if (last <= after && bytes.inode === this.inode()) {
      return { number: after + 1, bytes, isOpenEnded: true }
    }
    bytes[Symbol.dispose]()
    return 'renamed'
  }

  /** A packed file is there before the plain one is removed. */
  #openFull(number: number): LogFile | undefined {
    const path = `${this.#path}.${number}`
    const bytes = openPlainLog(path) ?? openPackedLog(`${path}.gz`)
    return bytes === undefined ? undefined : { number, bytes, isOpenEnded: false }
  }

  #numbers(): readonly number[] {
    return fullLogNumbers(this.#path)
  }
}

/** Returns the numbers of the full files of the log at `path`, oldest first. */
export function fullLogNumbers(path: string): readonly number[] {
  const prefix = `${basename(path)}.`
  const numbers = namesBeside(path).flatMap(name => {
    if (!name.startsWith(prefix)) return []
    const digits = /^([1-9]\d{0,14})(?:\.gz)?$/.exec(name.slice(prefix.length))?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
  return [...new Set(numbers)].sort((a, b) => a - b)
}

function namesBeside(path: string): readonly string[] {
  try {
    return readdirSync(dirname(path))
  } catch {
    // The folder goes with its container.
    return []
  }
}
