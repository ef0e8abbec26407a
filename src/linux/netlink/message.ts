import { align4, parseAttributes, textOf } from './attribute.ts'

/** Asks for a list. */
export const NLM_F_DUMP = 0x300
/** Puts the object in the place of one that is there. */
export const NLM_F_REPLACE = 0x100
/** Fails with EEXIST if the object is there. */
export const NLM_F_EXCL = 0x200
/** Makes the object if it is not there. */
export const NLM_F_CREATE = 0x400
/** Puts a rule at the end of its list. */
export const NLM_F_APPEND = 0x800

const NLM_F_REQUEST = 1
const NLM_F_ACK = 4
const NLM_F_CAPPED = 0x100
const NLM_F_ACK_TLVS = 0x200
const NLM_F_DUMP_INTR = 0x10
const HEADER_BYTES = 16
const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const NLMSGERR_ATTR_MSG = 1

/** One message to the kernel. */
export interface NetlinkRequest {
  readonly type: number
  /** NLM_F_* flags; NLM_F_REQUEST and NLM_F_ACK are the socket's matter. */
  readonly flags: number
  /** The family's header and attributes. */
  readonly payload: Uint8Array
  /** Completes "Cannot ...", e.g. `create bridge tcb0123456789`. */
  readonly purpose: string
  /** Errnos that mean that nothing is to be done, e.g. EEXIST. */
  readonly tolerate?: readonly number[]
  /** Opens or closes a batch: the kernel does not acknowledge it. */
  readonly framing?: true
  /** An interface that is known by name only: whoever sends the request finds its index. */
  readonly finds?: InterfacePlace
}

/** An interface whose index a message has to have. */
export interface InterfacePlace {
  readonly name: string
  /** Where in the payload the index goes, in bytes: a u32 that is 0 before. */
  readonly at: number
}

/** An interface by its index, or by its name where that is found later: see `NetlinkRequest`. */
export type InterfaceRef = number | string

/** Returns the index to write now, and who finds another one at `at`. */
export function interfaceIn(reference: InterfaceRef): {
  readonly index: number
  readonly finds: (at: number) => Pick<NetlinkRequest, 'finds'>
} {
  return typeof reference === 'number'
    ? { index: reference, finds: () => ({}) }
    : { index: 0, finds: at => ({ finds: { name: reference, at } }) }
}

/** What the kernel says. `sequence` names the request. */
export type NetlinkReply =
  | {
      readonly kind: 'data'
      readonly sequence: number
      readonly type: number
      readonly payload: Buffer
      /** The list changed while it was read. */
      readonly interrupted: boolean
    }
  | {
      readonly kind: 'result'
      readonly sequence: number
      /** 0 is success. */
      readonly errno: number
      /** The kernel's own words, where it has some. */
      readonly message: string | undefined
    }
  | {
      readonly kind: 'done'
      readonly sequence: number
      readonly errno: number
      readonly interrupted: boolean
    }

/** Encodes `requests` for one send, numbered from `firstSequence`; `acknowledge` is the index of the one to confirm. */
export function encodeRequests(
  requests: readonly NetlinkRequest[],
  firstSequence: number,
  acknowledge: number | undefined,
): Buffer {
  const parts = requests.flatMap(({ type, flags, payload }, index) => {
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeUInt32LE(HEADER_BYTES + payload.length, 0)
    header.writeUInt16LE(type, 4)
    header.writeUInt16LE(flags | NLM_F_REQUEST | (index === acknowledge ? NLM_F_ACK : 0), 6)
    header.writeUInt32LE(firstSequence + index, 8)
    return [header, payload, Buffer.alloc(align4(payload.length) - payload.length)]
  })
  return Buffer.concat(parts)
}

/** Reads the messages of one datagram. The payloads point into `datagram`. */
export function parseReplies(datagram: Buffer): readonly NetlinkReply[] {
  const replies: NetlinkReply[] = []
  for (let offset = 0; offset + HEADER_BYTES <= datagram.length; ) {
    const length = datagram.readUInt32LE(offset)
    if (length < HEADER_BYTES || offset + length > datagram.length) break
    replies.push(parseReply(datagram.subarray(offset, offset + length)))
    offset += align4(length)
  }
  return replies
}

function parseReply(message: Buffer): NetlinkReply {
  const type = message.readUInt16LE(4)
  const flags = message.readUInt16LE(6)
  const sequence = message.readUInt32LE(8)
  const payload = message.subarray(HEADER_BYTES)
  const interrupted = (flags & NLM_F_DUMP_INTR) !== 0
  switch (type) {
    case NLMSG_ERROR:
      return {
        kind: 'result',
        sequence,
        errno: Math.abs(payload.readInt32LE(0)),
        message: errorText(payload, flags),
      }
    case NLMSG_DONE:
      return {
        kind: 'done',
        sequence,
        errno: payload.length < 4 ? 0 : Math.abs(payload.readInt32LE(0)),
        interrupted,
      }
    default:
      return { kind: 'data', sequence, type, payload, interrupted }
  }
}

function errorText(payload: Buffer, flags: number): string | undefined {
  if ((flags & NLM_F_ACK_TLVS) === 0) return undefined
  // The error and the request's header; the request's body too, unless the kernel left it out.
  const body = (flags & NLM_F_CAPPED) !== 0 ? HEADER_BYTES : align4(payload.readUInt32LE(4))
  return textOf(parseAttributes(payload.subarray(4 + body)).get(NLMSGERR_ATTR_MSG))
}
