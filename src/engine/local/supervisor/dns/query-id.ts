/** Returns a copy of `packet`, a DNS message, under another id. */
export function withId(packet: Buffer, id: number): Buffer {
  const copy = Buffer.from(packet)
  copy.writeUInt16BE(id, 0)
  return copy
}

/** Tells whether `reply` is a response with `id`, long enough for a header. */
export function isReplyTo(id: number, reply: Buffer): boolean {
  return reply.length >= 12 && reply.readUInt16BE(0) === id && (reply.readUInt16BE(2) & 0x8000) !== 0
}
