import { constants } from 'node:os'
import { formatIpv4, type Ipv4, type Ipv4Block, ipv4Bytes } from '../ipv4.ts'
import { attribute, parseAttributes, u32Attribute } from '../netlink/attribute.ts'
import { type NetlinkRequest, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL } from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'

const RTM_NEWROUTE = 24
const RTM_GETROUTE = 26
const RTA_DST = 1
const RTA_OIF = 4
const RTA_GATEWAY = 5
const RT_TABLE_LOCAL = 255
const RT_TABLE_MAIN = 254
const RTPROT_BOOT = 3
const RTN_UNICAST = 1
const AF_INET = 2
const HEADER_BYTES = 12

/** An IPv4 route to a block of addresses. */
export interface Route {
  readonly destination: Ipv4Block
  /** Undefined for a route over several interfaces, or none. */
  readonly interfaceIndex: number | undefined
}

/** Asks for the default route, which may be there already. The interface must be up and reach `gateway`. */
export function newDefaultRoute(gateway: Ipv4, interfaceIndex: number): NetlinkRequest {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(AF_INET, 0)
  header.writeUInt8(RT_TABLE_MAIN, 4)
  header.writeUInt8(RTPROT_BOOT, 5)
  header.writeUInt8(RTN_UNICAST, 7)
  return {
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    purpose: `add default route through ${formatIpv4(gateway)}`,
    payload: Buffer.concat([
      header,
      attribute(RTA_GATEWAY, ipv4Bytes(gateway)),
      u32Attribute(RTA_OIF, interfaceIndex),
    ]),
    tolerate: [constants.errno.EEXIST],
  }
}

/** Returns the IPv4 routes of every table but the kernel's own one of local and broadcast addresses. */
export function listRoutes(socket: NetlinkSocket): readonly Route[] {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(AF_INET, 0)
  return socket
    .dump({ type: RTM_GETROUTE, flags: NLM_F_DUMP, purpose: 'list routes', payload: header })
    .filter(payload => payload.readUInt8(4) !== RT_TABLE_LOCAL)
    .map(parseRoute)
}

function parseRoute(payload: Buffer): Route {
  const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
  return {
    destination: { base: attributes.get(RTA_DST)?.readUInt32BE() ?? 0, prefixLength: payload.readUInt8(1) },
    interfaceIndex: attributes.get(RTA_OIF)?.readUInt32LE(),
  }
}
