import { HEADER_LENGTH, type Question, questionEnd, TYPES } from './question.ts'
import type { RecordSet } from './record-set.ts'

/** Codes of RFC 1035, 4.1.1. */
const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
export type FailureCode = Exclude<keyof typeof CODES, 'NOERROR' | 'NXDOMAIN'>

/** The flags of a header, in its third and fourth byte. */
const RESPONSE = 0x80
const OPCODE_AND_RECURSION = 0x79
const TRUNCATED = 0x02
const RECURSION_AVAILABLE = 0x80
/** RFC 1035, 4.2.1: the most that a client takes over UDP unless EDNS says otherwise. */
const PLAIN_UDP_LIMIT = 512
/** No path leads further than to the loopback interface, which takes packets of any size. */
const MOST_UDP_BYTES = 4096
const MOST_TCP_BYTES = 0xffff
/** The root's name, then OPT, payload size, upper bits of the code, version 0, no flags, no options: RFC 6891, 6.1.2. */
const OPT = Buffer.from([0, 0, TYPES.OPT, MOST_UDP_BYTES >> 8, MOST_UDP_BYTES & 0xff, 0, 0, 0, 0, 0, 0])
const OPT_UPPER_CODE = 5
const BAD_VERSION = 1

/** What is told of a question. */
export interface Reply {
  readonly code: 'NOERROR' | 'NXDOMAIN'
  readonly records: RecordSet
  /** Which of the records comes first; those before it follow the last. */
  readonly first: number
  readonly transport: 'udp' | 'tcp'
}

/**
 * Returns the reply to `packet`, a query that asks `question`; its name keeps the case that the client gave it. What is too
 * long for the client's UDP loses its last records and is marked truncated.
 */
export function writeReply(packet: Buffer, question: Question, reply: Reply): Buffer {
  const { code, records, first, transport } = reply
  const { end, edns } = question
  const { count, size, bytes } = records
  const optLength = edns === undefined ? 0 : OPT.length
  const room = longestReply(question, transport) - end - optLength
  const kept = bytes.length <= room ? count : Math.floor(room / size)
  const buffer = Buffer.allocUnsafe(end + kept * size + optLength)
  packet.copy(buffer, 0, 0, end)
  const beforeTurn = Math.min(kept, count - first) * size
  bytes.copy(buffer, end, first * size, first * size + beforeTurn)
  if (beforeTurn < kept * size) bytes.copy(buffer, end + beforeTurn, 0, kept * size - beforeTurn)
  if (optLength > 0) OPT.copy(buffer, end + kept * size)
  writeHeader(buffer, { code: CODES[code], answers: kept, isCut: kept < count, hasOpt: optLength > 0 })
  return buffer
}

/** Returns a reply to `packet`, which has a whole header, that carries only its question and `code`. */
export function failureReply(packet: Buffer, code: FailureCode): Buffer {
  const end = questionEnd(packet)
  const reply = Buffer.from(packet.subarray(0, end))
  writeHeader(reply, { code: CODES[code], answers: 0, isCut: false, hasOpt: false })
  reply.writeUInt16BE(end > HEADER_LENGTH ? 1 : 0, 4)
  return reply
}

/** Returns the reply to a query with a version of EDNS that is not known (RFC 6891, 6.1.3). */
export function badVersionReply(packet: Buffer, { end }: Question): Buffer {
  const reply = Buffer.concat([packet.subarray(0, end), OPT])
  reply[end + OPT_UPPER_CODE] = BAD_VERSION
  writeHeader(reply, { code: CODES.NOERROR, answers: 0, isCut: false, hasOpt: true })
  return reply
}

function longestReply({ edns }: Question, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return MOST_TCP_BYTES
  if (edns === undefined) return PLAIN_UDP_LIMIT
  return Math.min(Math.max(edns.payloadSize, PLAIN_UDP_LIMIT), MOST_UDP_BYTES)
}

interface ReplyHeader {
  readonly code: number
  readonly answers: number
  readonly isCut: boolean
  readonly hasOpt: boolean
}

/** The id, the count of questions and what is kept of the flags are there already: those of the query. */
function writeHeader(reply: Buffer, { code, answers, isCut, hasOpt }: ReplyHeader): void {
  reply[2] = RESPONSE | ((reply[2] ?? 0) & OPCODE_AND_RECURSION) | (isCut ? TRUNCATED : 0)
  reply[3] = RECURSION_AVAILABLE | code
  reply[6] = answers >> 8
  reply[7] = answers & 0xff
  reply[8] = 0
  reply[9] = 0
  reply[10] = 0
  reply[11] = hasOpt ? 1 : 0
}
