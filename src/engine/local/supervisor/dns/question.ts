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
  const offset = skipLabels(packet, HEADER_LENGTH)
  if (offset < 0 || offset + 4 > packet.length) return 'FORMERR'
  const end = offset + 4
  const edns = readEdns(packet, end)
  if (edns === 'FORMERR') return edns
  return {
    name: foldCase(packet.toString('latin1', HEADER_LENGTH, offset - 1)),
    type: uint16At(packet, offset),
    class: uint16At(packet, offset + 2),
    end,
    edns,
  }
}

/** Returns where the question of a packet with a whole header ends; behind the header if it has none, or a broken one. */
export function questionEnd(packet: Buffer): number {
  if (uint16At(packet, 4) === 0) return HEADER_LENGTH
  const offset = skipLabels(packet, HEADER_LENGTH)
  return offset < 0 || offset + 4 > packet.length ? HEADER_LENGTH : offset + 4
}

function headerProblem(packet: Buffer): QueryProblem | undefined {
  if (packet.length < HEADER_LENGTH) return 'not-a-query'
  const flags = uint16At(packet, 2)
  if ((flags & RESPONSE) !== 0) return 'not-a-query'
  if ((flags & OPCODE) !== 0) return 'NOTIMP'
  return uint16At(packet, 4) === 1 ? undefined : 'FORMERR'
}

/** Looks for the OPT record among those behind the question, which all have to be whole. */
function readEdns(packet: Buffer, start: number): EdnsRequest | undefined | 'FORMERR' {
  const records = uint16At(packet, 6) + uint16At(packet, 8) + uint16At(packet, 10)
  if (records > MOST_RECORDS) return 'FORMERR'
  let found: EdnsRequest | undefined
  let offset = start
  for (let record = 0; record < records; record++) {
    const fields = skipName(packet, offset)
    if (fields < 0 || fields + 10 > packet.length) return 'FORMERR'
    if (uint16At(packet, fields) === TYPES.OPT)
      found = { payloadSize: uint16At(packet, fields + 2), version: packet[fields + 5] ?? 0 }
    offset = fields + 10 + uint16At(packet, fields + 8)
    if (offset > packet.length) return 'FORMERR'
  }
  return found
}

/**
 * Returns what follows the name at `start`; negative for one that is no name or ends in a pointer, as RFC 1035, 4.1.4, has
 * them: the first name of a packet has nothing to point to.
 */
function skipLabels(packet: Buffer, start: number): number {
  const end = endOfLabels(packet, start)
  return packet[end] === 0 ? end + 1 : -1
}

/** As `skipLabels`, but of any name; pointers are not followed. */
function skipName(packet: Buffer, start: number): number {
  const end = endOfLabels(packet, start)
  const length = packet[end]
  if (length === undefined) return -1
  return length === 0 ? end + 1 : end + 2
}

/** Returns where the empty label or the pointer is that ends the labels from `start`; -1 if there is none. */
function endOfLabels(packet: Buffer, start: number): number {
  let offset = start
  for (;;) {
    const length = packet[offset]
    if (length === undefined || offset - start >= LONGEST_NAME) return -1
    if (length === 0 || length >= 0xc0) return offset
    if (length > 63) return -1
    offset += length + 1
  }
}

/** Of a range that was checked. */
function uint16At(packet: Buffer, offset: number): number {
  return ((packet[offset] ?? 0) << 8) | (packet[offset + 1] ?? 0)
}
