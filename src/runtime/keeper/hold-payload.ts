import type { HoldRequest } from './keeper-connection.ts'
import { WireWriter } from './wire-writer.ts'

const REUSE_ADDRESS = 1
const IPV6_ONLY = 2
const SCTP = 4

/** Returns the payload of a HOLD message; docs/keeper.md. */
export function holdPayload(request: HoldRequest): WireWriter {
  return new WireWriter()
    .text(request.name)
    .text(request.netns ?? '')
    .u32(request.family)
    .u32(request.type)
    .u16(request.port)
    .u16(request.backlog)
    .bytes(request.address)
    .u32(
      (request.reuseAddress ? REUSE_ADDRESS : 0) |
        (request.ipv6Only ? IPV6_ONLY : 0) |
        (request.isSctp ? SCTP : 0),
    )
}
