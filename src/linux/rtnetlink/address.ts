import { constants } from 'node:os'
import { formatIpv4, type Ipv4, ipv4Block, ipv4Bytes, lastAddress } from '../ipv4.ts'
import { attribute, parseAttributes } from '../netlink/attribute.ts'
import { type NetlinkRequest, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL } from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'

const RTM_NEWADDR = 20
const RTM_DELADDR = 21
const RTM_GETADDR = 22
const IFA_ADDRESS = 1
const IFA_LOCAL = 2
const IFA_BROADCAST = 4
const AF_INET = 2
const HEADER_BYTES = 8

/** An IPv4 address of an interface. */
export interface InterfaceAddress {
  readonly interfaceIndex: number
  readonly address: Ipv4
  readonly prefixLength: number
}

/** Asks to give the interface an address, which it may have already. Brings the route to the address's block along. */
export function newAddress(address: InterfaceAddress): NetlinkRequest {
  const { address: local, prefixLength } = address
  const broadcast =
    prefixLength < 31
      ? [attribute(IFA_BROADCAST, ipv4Bytes(lastAddress(ipv4Block(local, prefixLength))))]
      : []
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    purpose: `add address ${formatIpv4(local)}`,
    payload: Buffer.concat([...addressAttributes(address), ...broadcast]),
    tolerate: [constants.errno.EEXIST],
  }
}

/** Asks to take an address away, which need not be there. */
export function deleteAddress(address: InterfaceAddress): NetlinkRequest {
  return {
    type: RTM_DELADDR,
    flags: 0,
    purpose: `remove address ${formatIpv4(address.address)}`,
    payload: Buffer.concat(addressAttributes(address)),
    tolerate: [constants.errno.EADDRNOTAVAIL],
  }
}

/** Returns every IPv4 address of the socket's namespace. */
export function listAddresses(socket: NetlinkSocket): readonly InterfaceAddress[] {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(AF_INET, 0)
  return socket
    .dump({ type: RTM_GETADDR, flags: NLM_F_DUMP, purpose: 'list addresses', payload: header })
    .map(parseAddress)
}

function parseAddress(payload: Buffer): InterfaceAddress {
  const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
  return {
    interfaceIndex: payload.readUInt32LE(4),
    address: (attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS))?.readUInt32BE() ?? 0,
    prefixLength: payload.readUInt8(1),
  }
}

function addressAttributes({ interfaceIndex, address, prefixLength }: InterfaceAddress): readonly Buffer[] {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(AF_INET, 0)
  header.writeUInt8(prefixLength, 1)
  header.writeUInt32LE(interfaceIndex, 4)
  return [header, attribute(IFA_LOCAL, ipv4Bytes(address)), attribute(IFA_ADDRESS, ipv4Bytes(address))]
}
