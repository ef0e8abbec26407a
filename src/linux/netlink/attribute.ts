/** Marks an attribute whose value is a list of attributes. */
const NLA_F_NESTED = 0x8000
const NLA_TYPE_MASK = 0x3fff
const HEADER_BYTES = 4

/**
 * Encodes a netlink attribute with its padding. Integers of netlink are in the machine's order, which is little-endian
 * on every machine that this runs on; nf_tables has its own in network order.
 */
export function attribute(type: number, value: Uint8Array): Buffer {
  const length = HEADER_BYTES + value.length
  const buffer = Buffer.alloc(align4(length))
  buffer.writeUInt16LE(length, 0)
  buffer.writeUInt16LE(type, 2)
  buffer.set(value, HEADER_BYTES)
  return buffer
}

/** Encodes a list of attributes as one. */
export function nested(type: number, ...children: readonly Uint8Array[]): Buffer {
  return attribute(type | NLA_F_NESTED, Buffer.concat(children))
}

/** Encodes text with the NUL that the kernel expects. */
export function textAttribute(type: number, text: string): Buffer {
  return attribute(type, Buffer.from(`${text}\0`))
}

/** Encodes an unsigned 16-bit integer in the machine's order. */
export function u16Attribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return attribute(type, bytes)
}

/** Encodes an unsigned 32-bit integer in the machine's order. */
export function u32Attribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return attribute(type, bytes)
}

/** Encodes an unsigned 32-bit integer in network order. */
export function be32Attribute(type: number, value: number): Buffer {
  return attribute(type, be32(value))
}

/** Returns the four bytes of `value` in network order; a negative one in two's complement. */
export function be32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

/** Attribute values by type; of a type that comes twice, the last. */
export type Attributes = ReadonlyMap<number, Buffer>

/** Reads attributes up to the end of `buffer`, or to one that is cut short. */
export function parseAttributes(buffer: Buffer): Attributes {
  return new Map(parseAttributeList(buffer))
}

/** Reads attributes as a list, for lists whose elements share a type. */
export function parseAttributeList(buffer: Buffer): readonly (readonly [type: number, value: Buffer])[] {
  const list: [number, Buffer][] = []
  for (let offset = 0; offset + HEADER_BYTES <= buffer.length; ) {
    const length = buffer.readUInt16LE(offset)
    if (length < HEADER_BYTES || offset + length > buffer.length) break
    const type = buffer.readUInt16LE(offset + 2) & NLA_TYPE_MASK
    list.push([type, buffer.subarray(offset + HEADER_BYTES, offset + length)])
    offset += align4(length)
  }
  return list
}

/** Returns the text of an attribute without its NUL. */
export function textOf(value: Buffer | undefined): string | undefined {
  if (value === undefined) return undefined
  const end = value.indexOf(0)
  return value.toString('utf8', 0, end < 0 ? value.length : end)
}

/** Rounds up to the alignment of netlink. */
export function align4(length: number): number {
  return (length + 3) & ~3
}
