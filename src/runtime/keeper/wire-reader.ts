/**
 * Reads what `WireWriter` builds. Every method throws a RangeError past the end: the keeper and its client do not
 * speak the same protocol.
 */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1))
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2))
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4))
  }

  i32(): number {
    return this.#bytes.readInt32LE(this.#advance(4))
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#advance(8))
  }

  text(): string {
    const length = this.u32()
    const start = this.#advance(length)
    if (this.#at > this.#bytes.length) throw new RangeError('Cannot read text: the payload is too short')
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** Reads a u32 length and as many bytes. */
  bytes(): Buffer {
    const length = this.u32()
    const start = this.#advance(length)
    if (this.#at > this.#bytes.length) throw new RangeError('Cannot read bytes: the payload is too short')
    return this.#bytes.subarray(start, start + length)
  }

  /** Nothing is left. */
  get isDone(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Reads a u32 count and as many rows. */
  rows<T>(readRow: (reader: this) => T): readonly T[] {
    return Array.from({ length: this.u32() }, () => readRow(this))
  }

  #advance(size: number): number {
    const start = this.#at
    this.#at += size
    return start
  }
}
