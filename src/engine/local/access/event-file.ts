import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { readSoundFile } from '../../../disk/regular-file.ts'
import { type EventRecord, parseEventLine } from '../state/event-record.ts'

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * The events of a project from one moment on: those of its file, of the one that takes its place when it is full, and of later
 * ones, when the project has been taken down and comes again.
 */
export class EventFile implements Disposable {
  readonly #path: string
  #file: number | undefined
  #position = 0
  /** The beginning of a line that is not whole. */
  #rest = ''

  /** What the file holds by now is history. */
  constructor(path: string) {
    this.#path = path
    this.#file = openIfThere(path)
    if (this.#file !== undefined) this.#position = fstatSync(this.#file).size
  }

  /** Returns what was written before the first `next`. */
  history(): readonly EventRecord[] {
    const own = this.#file === undefined ? '' : readFrom(this.#file, 0, this.#position)
    return eventsIn(`${readSoundFile(`${this.#path}.1`) ?? ''}${own}`.split('\n'))
  }

  /** Returns what was written since the last call. */
  next(): readonly EventRecord[] {
    const isSame = this.#file !== undefined && isAt(this.#path, this.#file)
    const events = [...this.#read()]
    if (isSame) return events
    // Nothing more comes to a file that was put aside or removed.
    this.#close()
    this.#file = openIfThere(this.#path)
    return [...events, ...this.#read()]
  }

  [Symbol.dispose](): void {
    this.#close()
  }

  #read(): readonly EventRecord[] {
    if (this.#file === undefined) return []
    const text = readFrom(this.#file, this.#position, fstatSync(this.#file).size)
    this.#position += Buffer.byteLength(text)
    const lines = `${this.#rest}${text}`.split('\n')
    this.#rest = lines.pop() ?? ''
    return eventsIn(lines)
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    this.#position = 0
    this.#rest = ''
  }
}

function eventsIn(lines: readonly string[]): readonly EventRecord[] {
  return lines.flatMap(line => parseEventLine(line) ?? [])
}

function readFrom(file: number, start: number, end: number): string {
  const bytes = Buffer.alloc(Math.max(0, end - start))
  const count = readSync(file, bytes, 0, bytes.length, start)
  return bytes.toString('utf8', 0, count)
}

function isAt(path: string, file: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(file).ino
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, READ)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoNameOf(error) ?? '')) return undefined
    throw error
  }
}
