/** Builds payloads of little-endian integers and of bytes with a u32 length before them; docs/keeper.md. */
export class WireWriter {
  readonly #parts: Buffer[] = []

  u8(value: number): this {
    return this.#push(Uint8Array.of(value))
  }

  u16(value: number): this {
    const bytes = Buffer.alloc(2)
    bytes.writeUInt16LE(value)
    return this.#push(bytes)
  }

  /** Takes negative numbers too, as two's complement. */
  u32(value: number): this {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value >>> 0)
    return this.#push(bytes)
  }

  u64(value: bigint): this {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(value)
    return this.#push(bytes)
  }

  bytes(value: Uint8Array): this {
    return this.u32(value.length).#push(value)
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value, 'utf8'))
  }

  /** Text that ends in a NUL which its length counts, as launch programs have it. */
  terminated(value: string): this {
    return this.bytes(Buffer.from(`${value}\0`, 'utf8'))
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #push(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    return this
  }
}
