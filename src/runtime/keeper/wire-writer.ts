const FIRST_BYTES = 4096

/** Builds payloads of little-endian integers and of bytes with a u32 length before them; docs/keeper.md. */
export class WireWriter {
  #buffer: Buffer
  #length = 0

  /** @param firstBytes Room for what is mostly written; it grows as needed. */
  constructor(firstBytes: number = FIRST_BYTES) {
    this.#buffer = Buffer.allocUnsafe(firstBytes)
  }

  u8(value: number): this {
    const at = this.#reserve(1)
    this.#buffer.writeUInt8(value, at)
    return this
  }

  u16(value: number): this {
    const at = this.#reserve(2)
    this.#buffer.writeUInt16LE(value, at)
    return this
  }

  /** Takes negative numbers too, as two's complement. */
  u32(value: number): this {
    const at = this.#reserve(4)
    this.#buffer.writeUInt32LE(value >>> 0, at)
    return this
  }

  u64(value: bigint): this {
    const at = this.#reserve(8)
    this.#buffer.writeBigUInt64LE(value, at)
    return this
  }

  bytes(value: Uint8Array): this {
    this.u32(value.length)
    const at = this.#reserve(value.length)
    this.#buffer.set(value, at)
    return this
  }

  text(value: string): this {
    return this.sized(() => this.#characters(value))
  }

  /** Text that ends in a NUL which its length counts, as launch programs have it. */
  terminated(value: string): this {
    return this.sized(() => {
      this.#characters(value)
      this.u8(0)
    })
  }

  /** Puts the length of what `write` adds to this writer before it. */
  sized(write: () => void): this {
    const at = this.#reserve(4)
    write()
    this.#buffer.writeUInt32LE(this.#length - at - 4, at)
    return this
  }

  /** Returns a copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length))
  }

  #characters(value: string): void {
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    const at = this.#reserve(3 * value.length)
    this.#length = at + this.#buffer.write(value, at, 'utf8')
  }

  /** Returns where `count` bytes, counted as written from now on, go. */
  #reserve(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(2 * this.#length)
      grown.set(this.#buffer.subarray(0, at))
      this.#buffer = grown
    }
    return at
  }
}
