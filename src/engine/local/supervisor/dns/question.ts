import { foldCase, LONGEST_NAME, type WireName } from './wire-name.ts'

/** Numbers of RFC 1035, 3.2.2 and 3.2.3, RFC 3596 and RFC 6891. */
export const TYPES = { A: 1, PTR: 12, AAAA: 28, OPT: 41, ANY: 255 } as const
export const CLASSES = { IN: 1, ANY: 255 } as const

export const HEADER_LENGTH = 12
export const RESPONSE = 0x8000
const OPCODE = 0x7800

/** A query has no use for more; a count is a demand for work before anything backs it. */
const MOST_RECORDS = 16

/** What a query asks. */
export interface Question {
  /** The name with its case folded. */
  readonly name: WireName
  readonly type: number
  readonly class: number
  /** Where the question ends in its packet. */
  readonly end: number
  /** Undefined without EDNS. */
  readonly edns: EdnsRequest | undefined
}

/** What RFC 6891 has a client say of itself. */
export interface EdnsRequest {
  /** The longest packet that it takes over UDP, in bytes. */
  readonly payloadSize: number
  readonly version: number
}

/** Why a packet is not answered with an answer; codes of RFC 1035, 4.1.1. */
export type QueryProblem = 'not-a-query' | 'FORMERR' | 'NOTIMP'

/** Reads the question of a query, or tells what is wrong with it. Nothing of `packet` is trusted. */
export function readQuestion(packet: Buffer): Question | QueryProblem {
  const problem = headerProblem(packet)
  if (problem !== undefined) return problem
  const nameEnd = skipName(packet, HEADER_LENGTH)
  // A name in a question has nothing to point to: RFC 1035, 4.1.4.
  if (nameEnd === undefined || nameEnd.isPointer || nameEnd.offset + 4 > packet.length) return 'FORMERR'
  const { offset } = nameEnd
  const edns = readEdns(packet, offset + 4)
  if (edns === 'FORMERR') return edns
  return {
    name: foldCase(packet.toString('latin1', HEADER_LENGTH, offset - 1)),
    type: packet.readUInt16BE(offset),
    class: packet.readUInt16BE(offset + 2),
    end: offset + 4,
    edns,
  }
}

/** Returns where the question of a packet with a whole header ends; behind the header if it has none, or a broken one. */
export function questionEnd(packet: Buffer): number {
  if (packet.readUInt16BE(4) === 0) return HEADER_LENGTH
  const name = skipName(packet, HEADER_LENGTH)
  const isBroken = name === undefined || name.isPointer || name.offset + 4 > packet.length
  return isBroken ? HEADER_LENGTH : name.offset + 4
}

function headerProblem(packet: Buffer): QueryProblem | undefined {
  if (packet.length < HEADER_LENGTH) return 'not-a-query'
  const flags = packet.readUInt16BE(2)
  if ((flags & RESPONSE) !== 0) return 'not-a-query'
  if ((flags & OPCODE) !== 0) return 'NOTIMP'
  return packet.readUInt16BE(4) === 1 ? undefined : 'FORMERR'
}

/** Looks for the OPT record among those behind the question, which all have to be whole. */
function readEdns(packet: Buffer, start: number): EdnsRequest | undefined | 'FORMERR' {
  const records = packet.readUInt16BE(6) + packet.readUInt16BE(8) + packet.readUInt16BE(10)
  if (records > MOST_RECORDS) return 'FORMERR'
  let found: EdnsRequest | undefined
  let offset = start
  for (let record = 0; record < records; record++) {
    const name = skipName(packet, offset)
    if (name === undefined || name.offset + 10 > packet.length) return 'FORMERR'
    const fields = name.offset
    if (packet.readUInt16BE(fields) === TYPES.OPT)
      found = { payloadSize: packet.readUInt16BE(fields + 2), version: packet.readUInt8(fields + 5) }
    offset = fields + 10 + packet.readUInt16BE(fields + 8)
    if (offset > packet.length) return 'FORMERR'
  }
  return found
}

interface NameEnd {
  readonly offset: number
  readonly isPointer: boolean
}

/** Returns what follows the name at `start`; undefined for one that is no name. Pointers are not followed. */
function skipName(packet: Buffer, start: number): NameEnd | undefined {
  let offset = start
  for (;;) {
    const length = packet[offset]
    if (length === undefined || offset - start >= LONGEST_NAME) return undefined
    if (length === 0) return { offset: offset + 1, isPointer: false }
    if (length >= 0xc0) return { offset: offset + 2, isPointer: true }
    if (length > 63) return undefined
    offset += length + 1
  }
}
