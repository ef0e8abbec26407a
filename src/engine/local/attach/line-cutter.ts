/** The longest piece of a line, in bytes: what is longer comes in several. */
export const LONGEST_LINE: number = 16 * 1024

const LINE_FEED = 0x0a

/** Cuts bytes into lines of text; what is no UTF-8 is replaced, and a carriage return at a line's end dropped. */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0)

  /** Returns the lines that `chunk` ends, without their ends. */
  push(chunk: Buffer): readonly string[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const lines: string[] = []
    let start = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      lines.push(...piecesOf(bytes.subarray(start, end)).map(textOf))
      start = end + 1
    }
    const pieces = piecesOf(bytes.subarray(start))
    this.#rest = Buffer.from(pieces.pop() ?? '')
    return [...lines, ...pieces.map(textOf)]
  }

  /** Returns a last line that has no end. */
  end(): readonly string[] {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    return rest.length === 0 ? [] : [textOf(rest)]
  }
}

/** One at least. */
function piecesOf(line: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  let start = 0
  while (line.length - start > LONGEST_LINE) {
    const end = characterStart(line, start + LONGEST_LINE)
    pieces.push(line.subarray(start, end))
    start = end
  }
  return [...pieces, line.subarray(start)]
}

/** UTF-8: a character has up to three bytes of the form 10xxxxxx behind its first. */
function characterStart(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4; back += 1) {
    if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back
  }
  return at
}

function textOf(line: Buffer): string {
  const text = line.toString('utf8')
  return text.endsWith('\r') ? text.slice(0, -1) : text
}
