import { HEADER_LENGTH, type Question, questionEnd, RESPONSE, TYPES } from './question.ts'

/** Codes of RFC 1035, 4.1.1. */
const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
export type ReplyCode = keyof typeof CODES
export type FailureCode = Exclude<ReplyCode, 'NOERROR' | 'NXDOMAIN'>

/** Seconds. Containers are replaced at any time, so no client should cache an address for long. */
const TIME_TO_LIVE = 5
const OPCODE_AND_RECURSION = 0x7900
const TRUNCATED = 0x0200
const RECURSION_AVAILABLE = 0x0080
/** Name, type, class, lifetime and length of the data; the name points to that of the question. */
const RECORD_HEADER_LENGTH = 12
const QUESTION_NAME = 0xc000 | HEADER_LENGTH
const CLASS_IN = 1
const OPT_LENGTH = 11
/** RFC 1035, 4.2.1: the most that a client takes over UDP unless EDNS says otherwise. */
const PLAIN_UDP_LIMIT = 512
/** No path leads further than to the loopback interface, which takes packets of any size. */
const MOST_UDP_BYTES = 4096
const MOST_TCP_BYTES = 0xffff
/** Of EDNS, in the upper bits of the code: RFC 6891, 6.1.3. */
const BAD_VERSION = 1

/** A record about the name that was asked for. */
export interface AnswerRecord {
  readonly type: number
  readonly data: Uint8Array
}

/** What is told of a question. */
export interface Reply {
  readonly code: 'NOERROR' | 'NXDOMAIN'
  readonly records: readonly AnswerRecord[]
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
  const optLength = question.edns === undefined ? 0 : OPT_LENGTH
  const room = longestReply(question, transport) - question.end - optLength
  const size = records.reduce((sum, { data }) => sum + RECORD_HEADER_LENGTH + data.length, 0)
  const buffer = Buffer.allocUnsafe(question.end + Math.min(size, room) + optLength)
  packet.copy(buffer, 0, 0, question.end)
  let offset = question.end
  let count = 0
  for (; count < records.length; count++) {
    const record = records[(first + count) % records.length]
    if (record === undefined || offset - question.end + RECORD_HEADER_LENGTH + record.data.length > room)
      break
    offset = writeRecord(buffer, offset, record)
  }
  const isCut = count < records.length
  writeHeader(buffer, packet, {
    flags: CODES[code] | (isCut ? TRUNCATED : 0),
    answers: count,
    hasOpt: optLength > 0,
  })
  if (optLength > 0) offset = writeOpt(buffer, offset, 0)
  return isCut ? buffer.subarray(0, offset) : buffer
}

/** Returns a reply to `packet`, which has a whole header, that carries only its question and `code`. */
export function failureReply(packet: Buffer, code: FailureCode): Buffer {
  const end = questionEnd(packet)
  const reply = Buffer.from(packet.subarray(0, end))
  writeHeader(reply, packet, { flags: CODES[code], answers: 0, hasOpt: false })
  reply.writeUInt16BE(end > HEADER_LENGTH ? 1 : 0, 4)
  return reply
}

/** Returns the reply to a query with a version of EDNS that is not known (RFC 6891, 6.1.3). */
export function badVersionReply(packet: Buffer, question: Question): Buffer {
  const reply = Buffer.allocUnsafe(question.end + OPT_LENGTH)
  packet.copy(reply, 0, 0, question.end)
  writeHeader(reply, packet, { flags: CODES.NOERROR, answers: 0, hasOpt: true })
  writeOpt(reply, question.end, BAD_VERSION)
  return reply
}

function longestReply({ edns }: Question, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return MOST_TCP_BYTES
  return Math.min(Math.max(edns?.payloadSize ?? 0, PLAIN_UDP_LIMIT), MOST_UDP_BYTES)
}

interface ReplyHeader {
  readonly flags: number
  readonly answers: number
  readonly hasOpt: boolean
}

/** The id and the count of questions are those of the query. */
function writeHeader(reply: Buffer, query: Buffer, { flags, answers, hasOpt }: ReplyHeader): void {
  const kept = query.readUInt16BE(2) & OPCODE_AND_RECURSION
  reply.writeUInt16BE(RESPONSE | RECURSION_AVAILABLE | kept | flags, 2)
  reply.writeUInt16BE(answers, 6)
  reply.writeUInt16BE(0, 8)
  reply.writeUInt16BE(hasOpt ? 1 : 0, 10)
}

function writeRecord(buffer: Buffer, start: number, { type, data }: AnswerRecord): number {
  let offset = buffer.writeUInt16BE(QUESTION_NAME, start)
  offset = buffer.writeUInt16BE(type, offset)
  offset = buffer.writeUInt16BE(CLASS_IN, offset)
  offset = buffer.writeUInt32BE(TIME_TO_LIVE, offset)
  offset = buffer.writeUInt16BE(data.length, offset)
  buffer.set(data, offset)
  return offset + data.length
}

/** The root's name, then OPT, payload size, upper bits of the code, version 0, no flags, no options. */
function writeOpt(buffer: Buffer, start: number, upperCode: number): number {
  let offset = buffer.writeUInt8(0, start)
  offset = buffer.writeUInt16BE(TYPES.OPT, offset)
  offset = buffer.writeUInt16BE(MOST_UDP_BYTES, offset)
  offset = buffer.writeUInt8(upperCode, offset)
  offset = buffer.writeUInt8(0, offset)
  return buffer.writeUInt32BE(0, offset)
}
