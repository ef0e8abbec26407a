import { constants } from 'node:os'
import { attribute, parseAttributes } from '../netlink/attribute.ts'
import { type NetlinkRequest, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL } from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'

const RTM_NEWADDR = 20
const RTM_GETADDR = 22
const IFA_ADDRESS = 1
const IFA_LOCAL = 2
const IFA_BROADCAST = 4
const IFA_F_NODAD = 0x02
const IFA_F_PERMANENT = 0x80
const RT_SCOPE_UNIVERSE = 0
const HEADER_BYTES = 8

/** What an address consists of; an interface that goes to another namespace loses its addresses. */
const KEPT = [IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST] as const

/** An address of an interface as it is given to it again: data that can be written down. */
export interface KeptAddress {
  /** AF_INET or AF_INET6. */
  readonly family: number
  readonly prefixLength: number
  /** Bytes in hex by the number of the attribute; see rtnetlink(7). */
  readonly parts: readonly (readonly [attribute: number, hex: string])[]
}

/** Returns the addresses of an interface of the socket's namespace that somebody gave it for good, and for all of the network. */
export function keptAddresses(socket: NetlinkSocket, interfaceIndex: number): readonly KeptAddress[] {
  return socket
    .dump({
      type: RTM_GETADDR,
      flags: NLM_F_DUMP,
      purpose: 'list addresses',
      payload: Buffer.alloc(HEADER_BYTES),
    })
    .filter(
      payload =>
        payload.readUInt32LE(4) === interfaceIndex &&
        payload.readUInt8(3) === RT_SCOPE_UNIVERSE &&
        (payload.readUInt8(2) & IFA_F_PERMANENT) !== 0,
    )
    .map(payload => {
      const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
      return {
        family: payload.readUInt8(0),
        prefixLength: payload.readUInt8(1),
        parts: KEPT.flatMap(type => {
          const value = attributes.get(type)
          return value === undefined ? [] : [[type, value.toString('hex')] as const]
        }),
      }
    })
}

/** Asks to give an address to another interface, which may have it already. Nobody is asked whether it is in use. */
export function keepAddress(
  { family, prefixLength, parts }: KeptAddress,
  interfaceIndex: number,
): NetlinkRequest {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(family, 0)
  header.writeUInt8(prefixLength, 1)
  header.writeUInt8(IFA_F_NODAD | IFA_F_PERMANENT, 2)
  header.writeUInt32LE(interfaceIndex, 4)
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    purpose: 'keep an address',
    payload: Buffer.concat([header, ...parts.map(([type, hex]) => attribute(type, Buffer.from(hex, 'hex')))]),
    tolerate: [constants.errno.EEXIST],
  }
}
