import { constants } from 'node:os'
import { formatIpAddress, type IpAddress, ipBytes, ipFromBytes } from '../../base/ip-address.ts'
import { type IpBlock, ipBlock } from '../../base/ip-block.ts'
import { attribute, parseAttributes, u32Attribute } from '../netlink/attribute.ts'
import {
  type InterfaceRef,
  interfaceIn,
  type NetlinkRequest,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  NLM_F_REPLACE,
} from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'
import { AF_UNSPEC, addressFamily, ipFamilyOf } from './address-family.ts'

const RTM_NEWROUTE = 24
const RTM_DELROUTE = 25
const RTM_GETROUTE = 26
const RTA_DST = 1
const RTA_OIF = 4
const RTA_GATEWAY = 5
const RT_TABLE_LOCAL = 255
const RT_TABLE_MAIN = 254
const RTPROT_BOOT = 3
const RTN_UNICAST = 1
const HEADER_BYTES = 12

/** A route to a block of addresses. */
export interface Route {
  readonly destination: IpBlock
  /** Undefined for a route over several interfaces, or none. */
  readonly interfaceIndex: number | undefined
}

/**
 * Asks for the default route of the gateway's family, which may be there already. The interface must be up and reach
 * `gateway`.
 */
export function newDefaultRoute(gateway: IpAddress, on: InterfaceRef): NetlinkRequest {
  return {
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    purpose: `add default route through ${formatIpAddress(gateway)}`,
    tolerate: [constants.errno.EEXIST],
    ...defaultRoute(gateway, on),
  }
}

/** Asks for the default route in place of one of the same family that is there. */
export function replaceDefaultRoute(gateway: IpAddress, on: InterfaceRef): NetlinkRequest {
  return {
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    purpose: `set default route through ${formatIpAddress(gateway)}`,
    ...defaultRoute(gateway, on),
  }
}

/** Asks to delete the default route that goes this way; it need not be there. */
export function deleteDefaultRoute(gateway: IpAddress, on: InterfaceRef): NetlinkRequest {
  return {
    type: RTM_DELROUTE,
    flags: 0,
    purpose: `delete default route through ${formatIpAddress(gateway)}`,
    tolerate: [constants.errno.ESRCH],
    ...defaultRoute(gateway, on),
  }
}

function defaultRoute(gateway: IpAddress, on: InterfaceRef): Pick<NetlinkRequest, 'payload' | 'finds'> {
  const { index, finds } = interfaceIn(on)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(addressFamily(gateway.family), 0)
  header.writeUInt8(RT_TABLE_MAIN, 4)
  header.writeUInt8(RTPROT_BOOT, 5)
  header.writeUInt8(RTN_UNICAST, 7)
  const payload = Buffer.concat([
    header,
    attribute(RTA_GATEWAY, ipBytes(gateway)),
    u32Attribute(RTA_OIF, index),
  ])
  return { payload, ...finds(payload.length - 4) }
}

/** Returns the routes of every table but the kernel's own one of local and broadcast addresses. */
export function listRoutes(socket: NetlinkSocket): readonly Route[] {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(AF_UNSPEC, 0)
  return socket
    .dump({ type: RTM_GETROUTE, flags: NLM_F_DUMP, purpose: 'list routes', payload: header })
    .filter(payload => payload.readUInt8(4) !== RT_TABLE_LOCAL)
    .flatMap(parseRoute)
}

function parseRoute(payload: Buffer): readonly Route[] {
  const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
  const family = ipFamilyOf(payload.readUInt8(0))
  if (family === undefined) return []
  const address = ipFromBytes(attributes.get(RTA_DST) ?? new Uint8Array(0)) ?? { family, value: 0n }
  return [
    {
      destination: ipBlock(address, payload.readUInt8(1)),
      interfaceIndex: attributes.get(RTA_OIF)?.readUInt32LE(),
    },
  ]
}
