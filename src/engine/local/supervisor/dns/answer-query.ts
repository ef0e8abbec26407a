import type { NameLookup } from './linked-names.ts'
import type { KnownName } from './name-index.ts'
import { CLASSES, type Question, readQuestion, TYPES } from './question.ts'
import { NO_RECORDS, type RecordSet } from './record-set.ts'
import type { RecordTurns } from './record-turns.ts'
import { badVersionReply, failureReply, type Reply, writeReply } from './write-reply.ts'

/** Who asks, and how. */
export interface QueryContext {
  /** What the asking container knows. */
  readonly view: NameLookup
  readonly transport: 'udp' | 'tcp'
  readonly turns: RecordTurns
}

/** What to do about a packet. */
export type QueryAnswer =
  | { readonly kind: 'reply'; readonly packet: Buffer }
  /** The name of containers of which none runs. */
  | { readonly kind: 'absent'; readonly packet: Buffer }
  /** Not a name of the project. */
  | { readonly kind: 'forward' }
  /** Not a query that can be answered. */
  | { readonly kind: 'ignore' }

/** Answers a query for a name of the project; everything else is to be forwarded. */
export function answerQuery(packet: Buffer, context: QueryContext): QueryAnswer {
  const question = readQuestion(packet)
  if (question === 'not-a-query') return IGNORE
  if (typeof question === 'string') return { kind: 'reply', packet: failureReply(packet, question) }
  const known = ownName(question, context.view)
  if (known === undefined) return FORWARD
  if (question.edns !== undefined && question.edns.version > 0)
    return { kind: 'reply', packet: badVersionReply(packet, question) }
  const kind = known.kind === 'absent' ? 'absent' : 'reply'
  return { kind, packet: writeReply(packet, question, replyOf(known, question, context)) }
}

const IGNORE: QueryAnswer = { kind: 'ignore' }
const FORWARD: QueryAnswer = { kind: 'forward' }

function ownName({ name, class: wanted }: Question, view: NameLookup): KnownName | undefined {
  return wanted === CLASSES.IN || wanted === CLASSES.ANY ? view.get(name) : undefined
}

/** A name without records of the wanted type is one that has others: RFC 2308, 2.2. */
function replyOf(known: KnownName, question: Question, { transport, turns }: QueryContext): Reply {
  const records = known.kind === 'absent' ? NO_RECORDS : recordsOf(known, question.type)
  return {
    code: known.kind === 'absent' ? 'NXDOMAIN' : 'NOERROR',
    records,
    first: records.count < 2 ? 0 : turns.next(question, records.count),
    transport,
  }
}

/** ANY is answered with the records of one type, as RFC 8482 allows. */
function recordsOf(known: Exclude<KnownName, { kind: 'absent' }>, type: number): RecordSet {
  if (known.kind === 'address') return type === TYPES.PTR || type === TYPES.ANY ? known.pointers : NO_RECORDS
  switch (type) {
    case TYPES.A:
      return known.ipv4
    case TYPES.AAAA:
      return known.ipv6
    case TYPES.ANY:
      return known.ipv4.count > 0 ? known.ipv4 : known.ipv6
    default:
      return NO_RECORDS
  }
}
