import { constants } from 'node:os'
import type { IpvlanFlag, IpvlanMode, MacvlanMode } from '../../model/network.ts'
import {
  attribute,
  nested,
  parseAttributes,
  textAttribute,
  textOf,
  u16Attribute,
  u32Attribute,
} from '../netlink/attribute.ts'
import {
  type InterfaceRef,
  interfaceIn,
  type NetlinkRequest,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
} from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'

const RTM_NEWLINK = 16
const RTM_DELLINK = 17
const RTM_GETLINK = 18
const RTM_SETLINK = 19
const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const IFLA_MTU = 4
const IFLA_LINK = 5
const IFLA_MASTER = 10
const IFLA_LINKINFO = 18
const IFLA_IFALIAS = 20
const IFLA_NET_NS_FD = 28
const IFLA_EXT_MASK = 29
const IFLA_NUM_TX_QUEUES = 31
const IFLA_NUM_RX_QUEUES = 32
const IFLA_GROUP = 27
const IFLA_INFO_KIND = 1
const IFLA_INFO_DATA = 2
const IFLA_INFO_SLAVE_KIND = 4
const IFLA_INFO_SLAVE_DATA = 5
const IFLA_BRPORT_MODE = 4
const IFLA_BRPORT_ISOLATED = 33
const IFLA_MACVLAN_MODE = 1
const MACVLAN_MODES: Readonly<Record<MacvlanMode, number>> = { private: 1, vepa: 2, bridge: 4, passthru: 8 }
const IFLA_IPVLAN_MODE = 1
const IFLA_IPVLAN_FLAGS = 2
const IPVLAN_MODES: Readonly<Record<IpvlanMode, number>> = { l2: 0, l3: 1, l3s: 2 }
const IPVLAN_FLAGS: Readonly<Record<IpvlanFlag, number>> = { bridge: 0, private: 1, vepa: 2 }
const VETH_INFO_PEER = 1
const RTEXT_FILTER_SKIP_STATS = 8
const IFF_UP = 1
const HEADER_BYTES = 16

/** A network interface. */
export interface Link {
  readonly index: number
  readonly name: string
  /** Text that the maker of the interface left; undefined for none. */
  readonly alias: string | undefined
  readonly kind: string | undefined
  /** Index of the bridge that it is a port of. */
  readonly master: number | undefined
  readonly mtu: number
  readonly macAddress: string
  readonly up: boolean
}

/** A bridge to make; without an MTU it has that of its ports. */
export interface BridgeOptions {
  readonly name: string
  readonly macAddress: string
  readonly mtu: number | undefined
}

/** Asks for a bridge; EEXIST if the name is taken. */
export function newBridge({ name, macAddress, mtu }: BridgeOptions): NetlinkRequest {
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    purpose: `create bridge ${name}`,
    payload: Buffer.concat([
      linkHeader(),
      textAttribute(IFLA_IFNAME, name),
      attribute(IFLA_ADDRESS, macBytes(macAddress)),
      ...mtuAttributes(mtu),
      nested(IFLA_LINKINFO, textAttribute(IFLA_INFO_KIND, 'bridge')),
    ]),
  }
}

/** A pair to make: an end here, and a peer in another namespace. The MTU is that of both; undefined is 1500. */
export interface VethOptions {
  readonly name: string
  readonly mtu: number | undefined
  readonly peer: {
    readonly name: string
    readonly macAddress: string
    /** Descriptor of the network namespace that the peer is born in. */
    readonly netns: number
  }
}

/** Asks for a pair of veth interfaces. Both are down: a peer that is born up fails with ENOTCONN. */
export function newVeth({ name, mtu, peer }: VethOptions): NetlinkRequest {
  const peerAttributes = Buffer.concat([
    linkHeader(),
    textAttribute(IFLA_IFNAME, peer.name),
    attribute(IFLA_ADDRESS, macBytes(peer.macAddress)),
    u32Attribute(IFLA_NET_NS_FD, peer.netns),
    ...mtuAttributes(mtu),
    ...ONE_QUEUE,
  ])
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    purpose: `create interfaces ${name} and ${peer.name}`,
    payload: Buffer.concat([
      linkHeader(),
      textAttribute(IFLA_IFNAME, name),
      ...mtuAttributes(mtu),
      ...ONE_QUEUE,
      nested(
        IFLA_LINKINFO,
        textAttribute(IFLA_INFO_KIND, 'veth'),
        nested(IFLA_INFO_DATA, attribute(VETH_INFO_PEER, peerAttributes)),
      ),
    ]),
  }
}

/** A veth uses one queue each way unless told otherwise, but the kernel makes one for each CPU. */
const ONE_QUEUE: readonly Buffer[] = [
  u32Attribute(IFLA_NUM_TX_QUEUES, 1),
  u32Attribute(IFLA_NUM_RX_QUEUES, 1),
]

/** What `changeLink` sets; undefined leaves as it is. */
export interface LinkChange {
  readonly alias?: string
  /** The bridge to become a port of. */
  readonly master?: InterfaceRef
  readonly up?: true
  /** A number that several interfaces can be named by. */
  readonly group?: number
}

/** Asks to change the interface called `name`. */
export function changeLink(name: string, change: LinkChange): NetlinkRequest {
  const parts = [linkHeader(change.up === true ? IFF_UP : 0), textAttribute(IFLA_IFNAME, name)]
  if (change.alias !== undefined) parts.push(textAttribute(IFLA_IFALIAS, change.alias))
  if (change.group !== undefined) parts.push(u32Attribute(IFLA_GROUP, change.group))
  const { index, finds } = interfaceIn(change.master ?? 0)
  if (change.master !== undefined) parts.push(u32Attribute(IFLA_MASTER, index))
  const payload = Buffer.concat(parts)
  return {
    type: RTM_SETLINK,
    flags: 0,
    purpose: `set up interface ${name}`,
    payload,
    ...finds(payload.length - 4),
  }
}

/** Where an interface is to go. */
export interface LinkMove {
  readonly index: number
  /** What it is called there. */
  readonly name: string
  /** Descriptor of the network namespace. */
  readonly netns: number
}

/**
 * Asks to move an interface into another namespace under a name that is free there. It is down then, and has lost its addresses.
 */
export function moveLink({ index, name, netns }: LinkMove): NetlinkRequest {
  const header = linkHeader()
  header.writeInt32LE(index, 4)
  return {
    type: RTM_NEWLINK,
    flags: 0,
    purpose: `move an interface to be ${name}`,
    payload: Buffer.concat([header, textAttribute(IFLA_IFNAME, name), u32Attribute(IFLA_NET_NS_FD, netns)]),
  }
}

/** Asks to delete the interface called `name`, and its peer with it; it need not exist. */
export function deleteLink(name: string): NetlinkRequest {
  return {
    type: RTM_DELLINK,
    flags: 0,
    purpose: `delete interface ${name}`,
    payload: Buffer.concat([linkHeader(), textAttribute(IFLA_IFNAME, name)]),
    tolerate: [constants.errno.ENODEV],
  }
}

/** How a bridge treats a port; false is the default of each. */
export interface BridgePort {
  /** Frames are sent back out of the port that they came in by. */
  readonly hairpin: boolean
  /** No frame passes between the port and another that is isolated. */
  readonly isolated: boolean
}

/** Asks a bridge to treat the port called `name` in another way than by default. */
export function setBridgePort(name: string, { hairpin, isolated }: BridgePort): NetlinkRequest {
  return {
    type: RTM_NEWLINK,
    flags: 0,
    purpose: `set up bridge port ${name}`,
    payload: Buffer.concat([
      linkHeader(),
      textAttribute(IFLA_IFNAME, name),
      nested(
        IFLA_LINKINFO,
        textAttribute(IFLA_INFO_SLAVE_KIND, 'bridge'),
        nested(
          IFLA_INFO_SLAVE_DATA,
          ...(hairpin ? [attribute(IFLA_BRPORT_MODE, Buffer.of(1))] : []),
          ...(isolated ? [attribute(IFLA_BRPORT_ISOLATED, Buffer.of(1))] : []),
        ),
      ),
    ]),
  }
}

/** An interface to make that shares the wire of another. */
export interface SubInterfaceOptions {
  readonly name: string
  /** The interface that it hangs on, in the socket's namespace. */
  readonly parent: InterfaceRef
  /** Descriptor of the network namespace that it is born in. */
  readonly netns: number
  readonly mtu: number | undefined
  readonly kind:
    | { readonly name: 'macvlan'; readonly mode: MacvlanMode; readonly macAddress: string }
    | { readonly name: 'ipvlan'; readonly mode: IpvlanMode; readonly flag: IpvlanFlag }
}

/** Asks for an interface that is down; EOPNOTSUPP if the kernel has no such kind. */
export function newSubInterface({ name, parent, netns, mtu, kind }: SubInterfaceOptions): NetlinkRequest {
  const { index, finds } = interfaceIn(parent)
  const link = u32Attribute(IFLA_LINK, index)
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    purpose: `create ${kind.name} interface ${name}`,
    payload: Buffer.concat([
      linkHeader(),
      link,
      textAttribute(IFLA_IFNAME, name),
      u32Attribute(IFLA_NET_NS_FD, netns),
      ...mtuAttributes(mtu),
      ...(kind.name === 'macvlan' ? [attribute(IFLA_ADDRESS, macBytes(kind.macAddress))] : []),
      nested(
        IFLA_LINKINFO,
        textAttribute(IFLA_INFO_KIND, kind.name),
        nested(IFLA_INFO_DATA, ...kindData(kind)),
      ),
    ]),
    ...finds(HEADER_BYTES + link.length - 4),
  }
}

function kindData(kind: SubInterfaceOptions['kind']): readonly Buffer[] {
  if (kind.name === 'macvlan') return [u32Attribute(IFLA_MACVLAN_MODE, MACVLAN_MODES[kind.mode])]
  return [
    u16Attribute(IFLA_IPVLAN_MODE, IPVLAN_MODES[kind.mode]),
    u16Attribute(IFLA_IPVLAN_FLAGS, IPVLAN_FLAGS[kind.flag]),
  ]
}

/**
 * Asks to delete interfaces that need not exist, all at once: each deletion of its own waits for a grace period of the
 * kernel, 30 ms for one interface as for fifty. `group` is a number that no other interface's group has.
 */
export function deleteLinks(names: readonly string[], group: number): readonly NetlinkRequest[] {
  if (names.length === 0) return []
  return [
    ...names.map(name => ({
      ...changeLink(name, { group }),
      purpose: `delete interface ${name}`,
      tolerate: [constants.errno.ENODEV],
    })),
    {
      type: RTM_DELLINK,
      flags: 0,
      purpose: `delete ${names.length} interfaces`,
      payload: Buffer.concat([linkHeader(), u32Attribute(IFLA_GROUP, group)]),
      tolerate: [constants.errno.ENODEV],
    },
  ]
}

/** Returns the interface called `name`, or undefined. */
export function findLink(socket: NetlinkSocket, name: string): Link | undefined {
  const payload = socket.get({
    type: RTM_GETLINK,
    flags: 0,
    purpose: `find interface ${name}`,
    payload: Buffer.concat([linkHeader(), textAttribute(IFLA_IFNAME, name)]),
    tolerate: [constants.errno.ENODEV],
  })
  return payload === undefined ? undefined : parseLink(payload)
}

/** Returns every interface of the socket's namespace. */
export function listLinks(socket: NetlinkSocket): readonly Link[] {
  return socket
    .dump({
      type: RTM_GETLINK,
      flags: NLM_F_DUMP,
      purpose: 'list interfaces',
      payload: Buffer.concat([linkHeader(), u32Attribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)]),
    })
    .map(parseLink)
}

/** Reads the payload of an RTM_NEWLINK message. */
export function parseLink(payload: Buffer): Link {
  const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
  const info = parseAttributes(attributes.get(IFLA_LINKINFO) ?? Buffer.alloc(0))
  return {
    index: payload.readInt32LE(4),
    name: textOf(attributes.get(IFLA_IFNAME)) ?? '',
    alias: textOf(attributes.get(IFLA_IFALIAS)),
    kind: textOf(info.get(IFLA_INFO_KIND)),
    master: attributes.get(IFLA_MASTER)?.readUInt32LE(),
    mtu: attributes.get(IFLA_MTU)?.readUInt32LE() ?? 0,
    macAddress: formatMac(attributes.get(IFLA_ADDRESS) ?? Buffer.alloc(0)),
    up: (payload.readUInt32LE(8) & IFF_UP) !== 0,
  }
}

/** struct ifinfomsg, by name: the index is 0. Where `flags` is IFF_UP it is also what changes. */
function linkHeader(flags = 0): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(flags, 8)
  header.writeUInt32LE(flags, 12)
  return header
}

function mtuAttributes(mtu: number | undefined): readonly Buffer[] {
  return mtu === undefined ? [] : [u32Attribute(IFLA_MTU, mtu)]
}

function macBytes(macAddress: string): Buffer {
  return Buffer.from(macAddress.replaceAll(':', ''), 'hex')
}

function formatMac(bytes: Buffer): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(':')
}
