import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type OptAnswer,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet'
import type { NameIndex } from './name-index.ts'

/** Who asks, and how. */
export interface QueryContext {
  readonly names: NameIndex
  /** Names of the asking container's networks. */
  readonly networks: readonly string[]
  readonly transport: 'udp' | 'tcp'
  /** Counts up from query to query: which of several addresses comes first. */
  readonly rotation: number
}

/** What to do about a packet. */
export type QueryAnswer =
  | { readonly kind: 'reply'; readonly packet: Buffer }
  /** Not a name of the project. */
  | { readonly kind: 'forward' }
  /** Not a query that can be answered. */
  | { readonly kind: 'ignore' }

export type FailureCode = 'FORMERR' | 'SERVFAIL' | 'NOTIMP' | 'REFUSED'

/** Answers a query for a name of the project; everything else is to be forwarded. */
export function answerQuery(packet: Buffer, context: QueryContext): QueryAnswer {
  const problem = headerProblem(packet)
  if (problem === 'none') return answerQuestion(packet, context)
  return problem === 'not-a-query'
    ? { kind: 'ignore' }
    : { kind: 'reply', packet: failureReply(packet, problem) }
}

function answerQuestion(packet: Buffer, context: QueryContext): QueryAnswer {
  const query = decodeQuery(packet)
  const question = query?.questions?.[0]
  // RFC 1035, 4.1.1: what cannot be interpreted, as a label over 63 bytes or a name over 255, is a format error.
  if (query === undefined || question === undefined)
    return { kind: 'reply', packet: failureReply(packet, 'FORMERR') }
  const answers = question.class === 'IN' ? localAnswers(question, context) : undefined
  if (answers === undefined) return { kind: 'forward' }
  return { kind: 'reply', packet: encodeReply({ query, question, answers, transport: context.transport }) }
}

/** Returns a reply to `packet`, which has a whole header, that carries only its question and `code`. */
export function failureReply(packet: Buffer, code: FailureCode): Buffer {
  const reply = Buffer.from(packet.subarray(0, questionEnd(packet)))
  const questions = reply.length > HEADER_LENGTH ? 1 : 0
  reply.writeUInt16BE(
    (packet.readUInt16BE(2) & (OPCODE | RECURSION)) | RESPONSE | RECURSION_AVAILABLE | CODES[code],
    2,
  )
  reply.writeUInt16BE(questions, 4)
  reply.fill(0, 6, HEADER_LENGTH)
  return reply
}

/** Seconds. Containers are replaced at any time, so no client should cache an address for long. */
const TIME_TO_LIVE = 5
const HEADER_LENGTH = 12
const RESPONSE = 0x8000
const OPCODE = 0x7800
const RECURSION = 0x0100
const CODES: Readonly<Record<FailureCode, number>> = { FORMERR: 1, SERVFAIL: 2, NOTIMP: 4, REFUSED: 5 }
/** RFC 1035, 4.2.1: the most that a client takes over UDP unless EDNS says otherwise. */
const PLAIN_UDP_LIMIT = 512
/** What the server offers and what it sends at most over UDP: it passes every path without fragments. */
const EDNS_UDP_LIMIT = 1232

/** RFC 1035, 2.3.4: in bytes, with the empty label at its end. */
const LONGEST_NAME = 255

/** A query has no use for more; a count is a demand for memory before anything backs it. */
const MOST_RECORDS = 16

function headerProblem(packet: Buffer): FailureCode | 'not-a-query' | 'none' {
  if (packet.length < HEADER_LENGTH) return 'not-a-query'
  const flags = packet.readUInt16BE(2)
  if ((flags & RESPONSE) !== 0) return 'not-a-query'
  if ((flags & OPCODE) !== 0) return 'NOTIMP'
  const records = packet.readUInt16BE(6) + packet.readUInt16BE(8) + packet.readUInt16BE(10)
  return packet.readUInt16BE(4) === 1 && records <= MOST_RECORDS ? 'none' : 'FORMERR'
}

function decodeQuery(packet: Buffer): Packet | undefined {
  try {
    return decode(packet)
  } catch {
    return undefined
  }
}

/** Returns undefined for what the project knows nothing of. */
function localAnswers(
  question: Question,
  { names, networks, rotation }: QueryContext,
): readonly Answer[] | undefined {
  const { name, type } = question
  if (type === 'PTR') {
    const address = reverseAddress(name)
    const host = address === undefined ? undefined : names.nameOf(address, networks)
    if (host === undefined) return undefined
    return isSendable(host) ? [{ type: 'PTR', name, ttl: TIME_TO_LIVE, data: host }] : []
  }
  const addresses = names.addressesOf(name, networks)
  if (addresses === undefined || type !== 'A') return addresses === undefined ? undefined : []
  const first = rotation % addresses.length
  return [...addresses.slice(first), ...addresses.slice(0, first)].map(data => {
    return { type: 'A', name, ttl: TIME_TO_LIVE, data }
  })
}

/** RFC 1035, 2.3.4. The names of a project and its services may be longer. */
function isSendable(name: string): boolean {
  return name.length <= 253 && name.split('.').every(label => label !== '' && label.length <= 63)
}

function reverseAddress(name: string): string | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/i.exec(name)
  return match?.slice(1).reverse().join('.')
}

interface Reply {
  readonly query: Packet
  readonly question: Question
  readonly answers: readonly Answer[]
  readonly transport: QueryContext['transport']
}

/** A reply that is too long for the client's UDP loses its last answers and is marked truncated. */
function encodeReply({ query, question, answers, transport }: Reply): Buffer {
  const opt = query.additionals?.find(record => record.type === 'OPT')
  const limit = transport === 'tcp' ? 0xffff : udpLimit(opt)
  const packet = encode(replyPacket({ query, question, answers, truncated: false }))
  if (packet.length <= limit) return packet
  const perAnswer = Math.ceil((packet.length - limit) / (question.name.length + 16))
  const kept = answers.slice(0, Math.max(0, answers.length - perAnswer))
  return encode(replyPacket({ query, question, answers: kept, truncated: true }))
}

function udpLimit(opt: Answer | undefined): number {
  const asked = opt?.type === 'OPT' ? opt.udpPayloadSize : PLAIN_UDP_LIMIT
  return Math.min(Math.max(asked, PLAIN_UDP_LIMIT), EDNS_UDP_LIMIT)
}

interface ReplyContent extends Omit<Reply, 'transport'> {
  readonly truncated: boolean
}

function replyPacket({ query, question, answers, truncated }: ReplyContent): Packet {
  const desired = (query.flags ?? 0) & RECURSION_DESIRED
  const hasOpt = query.additionals?.some(record => record.type === 'OPT') ?? false
  return {
    type: 'response',
    id: query.id ?? 0,
    flags: desired | RECURSION_AVAILABLE | AUTHORITATIVE_ANSWER | (truncated ? TRUNCATED_RESPONSE : 0),
    questions: [question],
    answers: [...answers],
    additionals: hasOpt ? [OPT] : [],
  }
}

const OPT: OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: EDNS_UDP_LIMIT,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}

/** Returns where the first question ends; after the header if there is none, or it is cut short. */
function questionEnd(packet: Buffer): number {
  let offset = HEADER_LENGTH
  for (let label = packet[offset]; label !== undefined && label !== 0; label = packet[offset]) {
    // RFC 1035, 4.1.4: the two top bits mark a pointer, which a question has nothing to point to.
    if (label > 63) return HEADER_LENGTH
    offset += label + 1
    if (offset - HEADER_LENGTH >= LONGEST_NAME) return HEADER_LENGTH
  }
  const end = offset + 5
  return packet.readUInt16BE(4) > 0 && end <= packet.length ? end : HEADER_LENGTH
}
