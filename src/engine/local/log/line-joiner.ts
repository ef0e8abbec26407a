import { StringDecoder } from 'node:string_decoder'
import type { CriRecord, LogStream } from './cri-record.ts'

/** A line that a container wrote, or a piece of one that is too long to be held. */
export interface LogPiece {
  /** RFC 3339 with nanoseconds, UTC: when the end of it was written. */
  readonly time: string
  readonly stream: LogStream
  readonly text: string
  /** True: the line continues in the next piece of the same stream. */
  readonly partial: boolean
}

/** Characters of a line that are held until its end comes. */
export const LONGEST_PIECE: number = 256 * 1024

/** Makes lines of the records of one log file, and pieces of those that are longer than `LONGEST_PIECE`. */
export class LineJoiner {
  readonly #open = new Map<LogStream, OpenLine>()

  /** Returns the line or the piece that `record` completes. */
  take({ time, stream, partial, text: bytes }: CriRecord): LogPiece | undefined {
    const open = this.#open.get(stream)
    if (open === undefined && !partial) return { time, stream, text: bytes.toString(), partial }
    const { decoder, text: held } = open ?? { decoder: new StringDecoder('utf8'), text: '' }
    const text = held + decoder.write(bytes)
    if (!partial) {
      this.#open.delete(stream)
      return { time, stream, text: text + decoder.end(), partial }
    }
    const isFull = text.length >= LONGEST_PIECE
    this.#open.set(stream, { decoder, text: isFull ? '' : text })
    return isFull ? { time, stream, text, partial } : undefined
  }
}

interface OpenLine {
  /** Holds the bytes of a character that the last part has cut in two. */
  readonly decoder: StringDecoder
  readonly text: string
}
