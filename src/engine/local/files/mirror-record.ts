import { appendFileSync } from 'node:fs'
import type { BytePath } from '../../../disk/byte-path.ts'
import { readSoundFile } from '../../../disk/regular-file.ts'
import { writeAtomic } from '../../../disk/write-atomic.ts'
import type { MirroredPath } from '../../engine.ts'

/** What was mirrored to a path of a container. */
export interface MirrorEntry {
  readonly source: BytePath
  /** What `fileState` said of the source; undefined while nobody knows whether it was mirrored whole. */
  readonly state: string | undefined
}

/** A path of a container with what is known of it; without `entry`, nothing is mirrored there any more. */
export interface MirrorNote {
  readonly target: BytePath
  readonly entry: MirrorEntry | undefined
}

/** The first line of the file; one with another is one of another version. */
const HEADING = 'tcompose mirror 1\n'
/** The file is written anew when it is opened with more lines than that for each entry. */
const MOST_LINES = 2

/**
 * Remembers what was mirrored into a container, in a file of a line for each note. The file can be lost: then nothing
 * counts as mirrored. A line that is damaged counts as none.
 */
export class MirrorRecord {
  readonly #path: string
  readonly #entries: Map<BytePath, MirrorEntry>
  #isWritten: boolean

  /** @param path In the folder of the container, with which it is removed. */
  constructor(path: string) {
    this.#path = path
    const text = readSoundFile(path)
    this.#isWritten = text?.startsWith(HEADING) === true
    const lines = this.#isWritten ? (text ?? '').slice(HEADING.length).split('\n') : []
    this.#entries = entriesOf(lines)
    if (lines.length > MOST_LINES * (this.#entries.size + 1)) this.#rewrite()
  }

  /** Whether anything was ever noted. */
  get exists(): boolean {
    return this.#isWritten
  }

  get paths(): readonly MirroredPath[] {
    return [...this.#entries].map(([target, { source }]) => ({ source, target }))
  }

  get(target: BytePath): MirrorEntry | undefined {
    return this.#entries.get(target)
  }

  /** Takes notes down. It does not outlive a power cut, and need not: whoever comes next compares. */
  note(notes: readonly MirrorNote[]): void {
    for (const { target, entry } of notes) {
      if (entry === undefined) this.#entries.delete(target)
      else this.#entries.set(target, entry)
    }
    if (!this.#isWritten) this.#rewrite()
    else if (notes.length > 0) appendFileSync(this.#path, notes.map(lineOf).join(''))
  }

  #rewrite(): void {
    const notes = [...this.#entries].map(([target, entry]) => ({ target, entry }))
    writeAtomic(this.#path, HEADING + notes.map(lineOf).join(''))
    this.#isWritten = true
  }
}

function lineOf({ target, entry }: MirrorNote): string {
  const fields = entry === undefined ? [target] : [target, entry.source, entry.state ?? null]
  return `${JSON.stringify(fields)}\n`
}

function entriesOf(lines: readonly string[]): Map<BytePath, MirrorEntry> {
  const entries = new Map<BytePath, MirrorEntry>()
  for (const line of lines) {
    const [target, source, state] = fieldsOf(line)
    if (typeof target !== 'string') continue
    if (typeof source !== 'string') entries.delete(target)
    else entries.set(target, { source, state: typeof state === 'string' ? state : undefined })
  }
  return entries
}

function fieldsOf(line: string): readonly unknown[] {
  try {
    const fields: unknown = JSON.parse(line)
    return Array.isArray(fields) ? fields : []
  } catch {
    return []
  }
}
