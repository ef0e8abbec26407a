import { constants } from 'node:os'
import { formatIpAddress, type IpAddress, ipBytes, ipFromBytes } from '../../base/ip-address.ts'
import { ipBlock, lastAddress } from '../../base/ip-block.ts'
import { attribute, parseAttributes, u32Attribute } from '../netlink/attribute.ts'
import {
  type InterfaceRef,
  interfaceIn,
  type NetlinkRequest,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
} from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'
import { AF_UNSPEC, addressFamily } from './address-family.ts'

const RTM_NEWADDR = 20
const RTM_DELADDR = 21
const RTM_GETADDR = 22
const IFA_ADDRESS = 1
const IFA_LOCAL = 2
const IFA_BROADCAST = 4
const IFA_FLAGS = 8
/** Nobody else can have the address: it is used at once, without asking the neighbours (RFC 4862, 5.4) first. */
const IFA_F_NODAD = 2
const HEADER_BYTES = 8
/** Of ifa_index in struct ifaddrmsg. */
const INDEX_AT = 4

/** An address of an interface. */
export interface InterfaceAddress {
  readonly interfaceIndex: number
  readonly address: IpAddress
  readonly prefixLength: number
}

/** An address for an interface that may be known by name only. */
export interface WantedAddress extends Omit<InterfaceAddress, 'interfaceIndex'> {
  readonly interfaceIndex: InterfaceRef
}

/**
 * Asks to give the interface an address, which it may have already. Brings the route to the address's block along. One
 * of IPv6 counts as unique.
 */
export function newAddress({ interfaceIndex, ...block }: WantedAddress): NetlinkRequest {
  const { index, finds } = interfaceIn(interfaceIndex)
  const address = { ...block, interfaceIndex: index }
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    purpose: `add address ${formatIpAddress(address.address)}`,
    payload: Buffer.concat([...addressAttributes(address), ...familyAttributes(address)]),
    tolerate: [constants.errno.EEXIST],
    ...finds(INDEX_AT),
  }
}

/** Asks to take an address away, which need not be there. */
export function deleteAddress(address: InterfaceAddress): NetlinkRequest {
  return {
    type: RTM_DELADDR,
    flags: 0,
    purpose: `remove address ${formatIpAddress(address.address)}`,
    payload: Buffer.concat(addressAttributes(address)),
    tolerate: [constants.errno.EADDRNOTAVAIL],
  }
}

/** Returns every address of the socket's namespace, those of IPv4 first. */
export function listAddresses(socket: NetlinkSocket): readonly InterfaceAddress[] {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(AF_UNSPEC, 0)
  return socket
    .dump({ type: RTM_GETADDR, flags: NLM_F_DUMP, purpose: 'list addresses', payload: header })
    .flatMap(parseAddress)
}

function parseAddress(payload: Buffer): readonly InterfaceAddress[] {
  const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS)
  const address = bytes === undefined ? undefined : ipFromBytes(bytes)
  if (address === undefined) return []
  return [{ interfaceIndex: payload.readUInt32LE(4), address, prefixLength: payload.readUInt8(1) }]
}

function addressAttributes({ interfaceIndex, address, prefixLength }: InterfaceAddress): readonly Buffer[] {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(addressFamily(address.family), 0)
  header.writeUInt8(prefixLength, 1)
  header.writeUInt32LE(interfaceIndex, INDEX_AT)
  return [header, attribute(IFA_LOCAL, ipBytes(address)), attribute(IFA_ADDRESS, ipBytes(address))]
}

function familyAttributes({ address, prefixLength }: InterfaceAddress): readonly Buffer[] {
  if (address.family === 'ipv6') return [u32Attribute(IFA_FLAGS, IFA_F_NODAD)]
  if (prefixLength >= 31) return []
  return [attribute(IFA_BROADCAST, ipBytes(lastAddress(ipBlock(address, prefixLength))))]
}
