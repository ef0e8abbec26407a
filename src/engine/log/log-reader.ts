import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { type CriLine, parseCriLine } from './cri-line.ts'

const CHUNK = 256 * 1024

/** Reads a CRI log file from its beginning, joining partial lines. */
export class LogReader implements Disposable {
  readonly #path: string
  #file: number | undefined
  #position = 0
  #decoder = new StringDecoder('utf8')
  #rest = ''
  #partials = new Map<string, string>()

  constructor(path: string) {
    this.#path = path
  }

  /** Yields the whole lines written since the last call ended; none if the file is not there. */
  *read(): Generator<CriLine, void, undefined> {
    const file = this.#open()
    if (file === undefined) return
    if (fstatSync(file).size < this.#position) this.#startOver()
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (let count = this.#fill(file, buffer); count > 0; count = this.#fill(file, buffer)) {
      yield* this.#take(this.#decoder.write(buffer.subarray(0, count)))
    }
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #open(): number | undefined {
    if (this.#file !== undefined) return this.#file
    try {
      this.#file = openSync(this.#path, 'r')
    } catch (error) {
      if (errnoNameOf(error) !== 'ENOENT') throw error
    }
    return this.#file
  }

  #fill(file: number, buffer: Buffer): number {
    const count = readSync(file, buffer, 0, buffer.length, this.#position)
    this.#position += count
    return count
  }

  *#take(text: string): Generator<CriLine, void, undefined> {
    const parts = (this.#rest + text).split('\n')
    this.#rest = parts.pop() ?? ''
    for (const part of parts) {
      const line = parseCriLine(part)
      const whole = line === undefined ? undefined : this.#join(line)
      if (whole !== undefined) yield whole
    }
  }

  #join(line: CriLine): CriLine | undefined {
    const text = (this.#partials.get(line.stream) ?? '') + line.text
    if (line.partial) {
      this.#partials.set(line.stream, text)
      return undefined
    }
    this.#partials.delete(line.stream)
    return { ...line, text }
  }

  #startOver(): void {
    this.#position = 0
    this.#decoder = new StringDecoder('utf8')
    this.#rest = ''
    this.#partials = new Map()
  }
}
