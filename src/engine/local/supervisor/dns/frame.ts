/** Returns `message` as DNS puts it on a stream: behind its length (RFC 1035, 4.2.2). */
export function frame(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(message.length + 2)
  framed.writeUInt16BE(message.length, 0)
  message.copy(framed, 2)
  return framed
}

/** Cuts a stream into DNS messages. It holds one unfinished message at most. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /** Returns the messages that are whole with `chunk`. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const messages: Buffer[] = []
    let offset = 0
    while (this.#rest.length >= offset + 2) {
      const end = offset + 2 + this.#rest.readUInt16BE(offset)
      if (this.#rest.length < end) break
      messages.push(this.#rest.subarray(offset + 2, end))
      offset = end
    }
    this.#rest = Buffer.from(this.#rest.subarray(offset))
    return messages
  }
}
