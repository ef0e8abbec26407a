import { HEADER_LENGTH, questionEnd, RESPONSE } from './question.ts'
import { foldCase } from './wire-name.ts'

const CODE = 0x000f

/** Returns a copy of `packet`, a DNS message, under another id. */
export function withId(packet: Buffer, id: number): Buffer {
  const copy = Buffer.from(packet)
  copy.writeUInt16BE(id, 0)
  return copy
}

/**
 * Tells whether `reply` is a response to `query`: with its id, and about its question (RFC 5452, 9.1), in whatever case.
 * One that says why there is no answer may leave the question out.
 */
export function isReplyTo(query: Buffer, reply: Buffer): boolean {
  if (reply.length < HEADER_LENGTH || reply.readUInt16BE(0) !== query.readUInt16BE(0)) return false
  const flags = reply.readUInt16BE(2)
  if ((flags & RESPONSE) === 0) return false
  if (reply.readUInt16BE(4) === 0) return (flags & CODE) !== 0
  return questionOf(reply) === questionOf(query)
}

function questionOf(packet: Buffer): string {
  return foldCase(packet.toString('latin1', HEADER_LENGTH, questionEnd(packet)))
}
