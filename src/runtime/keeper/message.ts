/** Version of the protocol in docs/keeper.md. */
export const PROTOCOL_VERSION = 1

/** Numbers of `tc_message_type` in native/protocol.h. */
export const MESSAGE_TYPES = {
  hello: 1,
  launch: 2,
  signal: 3,
  wait: 4,
  list: 5,
  subscribe: 6,
  hold: 7,
  release: 8,
  lend: 9,
  supervise: 10,
  quit: 11,
  held: 12,
  keep: 13,
  attach: 14,
  close: 15,
  entrust: 16,
  rest: 17,
  started: 100,
  exited: 101,
} as const

/** Requests, and the two events. */
export type MessageName = keyof typeof MESSAGE_TYPES

const HEADER_BYTES = 16
const FLAG_FAILED = 1
const FLAG_MORE = 2

/** A reply or an event. */
export interface Message {
  /** 0 in replies. */
  readonly type: number
  readonly isFailure: boolean
  /** Another reply with the same id follows. */
  readonly hasMore: boolean
  /** 0 in events. */
  readonly id: bigint
  readonly payload: Buffer
}

/** Returns a request, header and payload. */
export function encodeMessage(name: MessageName, id: bigint, payload: Uint8Array): Buffer {
  const message = Buffer.alloc(HEADER_BYTES + payload.length)
  message.writeUInt32LE(payload.length, 0)
  message.writeUInt16LE(MESSAGE_TYPES[name], 4)
  message.writeBigUInt64LE(id, 8)
  message.set(payload, HEADER_BYTES)
  return message
}

/** Returns the whole messages at the start of `bytes`, and what is left of them. */
export function decodeMessages(bytes: Buffer): {
  readonly messages: readonly Message[]
  readonly rest: Buffer
} {
  const messages: Message[] = []
  let at = 0
  while (bytes.length - at >= HEADER_BYTES) {
    const end = at + HEADER_BYTES + bytes.readUInt32LE(at)
    if (end > bytes.length) break
    const flags = bytes.readUInt16LE(at + 6)
    messages.push({
      type: bytes.readUInt16LE(at + 4),
      isFailure: (flags & FLAG_FAILED) !== 0,
      hasMore: (flags & FLAG_MORE) !== 0,
      id: bytes.readBigUInt64LE(at + 8),
      payload: bytes.subarray(at + HEADER_BYTES, end),
    })
    at = end
  }
  return { messages, rest: bytes.subarray(at) }
}
