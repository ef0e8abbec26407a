import type { IpFamily } from '../../base/ip-address.ts'
import { attribute, be32, be32Attribute, nested, textAttribute } from '../netlink/attribute.ts'

/**
 * The small instructions that an nf_tables rule is made of, encoded as list elements. Each reads and writes registers;
 * a comparison that does not hold ends the rule. Integers in attributes are in network order; what a comparison looks
 * at is in the order of its source: packets in network order, `ct` and `meta` in the machine's.
 */
export type Expression = Buffer

const NFTA_LIST_ELEM = 1
const NFTA_EXPR_NAME = 1
const NFTA_EXPR_DATA = 2
const NFTA_DATA_VALUE = 1
const NFTA_DATA_VERDICT = 2
const NFTA_VERDICT_CODE = 1
const NFT_REG_VERDICT = 0
const NFT_REG_1 = 1
const NFT_REG_2 = 2
const IFNAMSIZ = 16

const META_KEYS = { iifname: 6, oifname: 7, nfproto: 15, l4proto: 16 } as const
const PAYLOAD_BASES = { network: 1, transport: 2 } as const
/** Where a transport header has its ports and its checksum, in bytes. */
const PORT_OFFSETS = { source: 0, destination: 2 } as const
const CHECKSUM_OFFSETS = { tcp: 16, udp: 6 } as const
const NFT_PAYLOAD_CSUM_INET = 1
const CT_KEYS = { state: 0, status: 2 } as const
const COMPARISONS = { equal: 0, 'not-equal': 1 } as const
const VERDICTS = { drop: 0, accept: 1 } as const

const FAMILIES: Readonly<Record<IpFamily, number>> = { ipv4: 2, ipv6: 10 }
const IPV6_BYTES = 16
const NFT_NAT_DNAT = 1
const NFT_FIB_RESULT_ADDRTYPE = 3
const NFTA_FIB_F_DADDR = 2
const RTN_LOCAL = 2

/** How a register is compared. */
export type Comparison = keyof typeof COMPARISONS

/** Compares the name of the interface that a packet came in or goes out by. A name that ends in `*` is a prefix. */
export function matchInterface(
  key: 'iifname' | 'oifname',
  name: string,
  comparison: Comparison = 'equal',
): Expression {
  // The kernel compares as many bytes as it is given: a whole name takes its NULs along.
  const value = name.endsWith('*')
    ? Buffer.from(name.slice(0, -1))
    : Buffer.concat([Buffer.from(name)], IFNAMSIZ)
  return Buffer.concat([loadMeta(key), compare(comparison, value)])
}

/** Holds for packets of one family, in a table that sees both: what follows may look at their headers. */
export function matchFamily(family: IpFamily): Expression {
  return Buffer.concat([loadMeta('nfproto'), compare('equal', Buffer.of(FAMILIES[family]))])
}

/** Holds for packets of IP protocol `protocol`, e.g. 6 for TCP. */
export function matchProtocol(protocol: number): Expression {
  return Buffer.concat([loadMeta('l4proto'), compare('equal', Buffer.of(protocol))])
}

/** Bytes of a packet, and what they are to be. */
export interface PayloadMatch {
  readonly base: keyof typeof PAYLOAD_BASES
  /** Bytes from the start of the header. */
  readonly offset: number
  /** The expected bytes, as many as are to be compared. */
  readonly value: Uint8Array
  /** Compare only as many leading bits. @default all */
  readonly bits?: number
  /** @default equal */
  readonly comparison?: Comparison
}

/** Compares bytes of the packet's network or transport header. */
export function matchPayload({ base, offset, value, bits, comparison = 'equal' }: PayloadMatch): Expression {
  const load = expression(
    'payload',
    be32Attribute(1, NFT_REG_1),
    be32Attribute(2, PAYLOAD_BASES[base]),
    be32Attribute(3, offset),
    be32Attribute(4, value.length),
  )
  const mask = bits === undefined ? [] : [maskRegister(leadingBits(bits, value.length))]
  return Buffer.concat([load, ...mask, compare(comparison, value)])
}

/** A port of a packet's transport header, and what it is to be. */
export interface PortChange {
  readonly end: 'source' | 'destination'
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
}

/** Gives a packet another port, checksum included, without following its connection. */
export function changePort({ end, protocol, port }: PortChange): Expression {
  const value = Buffer.alloc(2)
  value.writeUInt16BE(port)
  return Buffer.concat([
    loadValue(NFT_REG_1, value),
    expression(
      'payload',
      be32Attribute(2, PAYLOAD_BASES.transport),
      be32Attribute(3, PORT_OFFSETS[end]),
      be32Attribute(4, value.length),
      be32Attribute(5, NFT_REG_1),
      be32Attribute(6, NFT_PAYLOAD_CSUM_INET),
      be32Attribute(7, CHECKSUM_OFFSETS[protocol]),
    ),
  ])
}

/** Holds when any bit of `mask` is set in the connection's `state` (NF_CT_STATE_BIT) or `status` (IPS_*). */
export function matchConnection(key: keyof typeof CT_KEYS, mask: number): Expression {
  const bits = Buffer.alloc(4)
  bits.writeUInt32LE(mask)
  return Buffer.concat([
    expression('ct', be32Attribute(1, NFT_REG_1), be32Attribute(2, CT_KEYS[key])),
    maskRegister(bits),
    compare('not-equal', Buffer.alloc(bits.length)),
  ])
}

/** Holds when the packet's destination is an address of this host, by the routing table. */
export function matchLocalDestination(): Expression {
  const type = Buffer.alloc(4)
  type.writeUInt32LE(RTN_LOCAL)
  return Buffer.concat([
    expression(
      'fib',
      be32Attribute(1, NFT_REG_1),
      be32Attribute(2, NFT_FIB_RESULT_ADDRTYPE),
      be32Attribute(3, NFTA_FIB_F_DADDR),
    ),
    compare('equal', type),
  ])
}

/** Sends the connection to another address (4 or 16 bytes) and port (2 bytes). Ends the rule. */
export function destinationNat(address: Uint8Array, port: Uint8Array): Expression {
  return Buffer.concat([
    loadValue(NFT_REG_1, address),
    loadValue(NFT_REG_2, port),
    expression(
      'nat',
      be32Attribute(1, NFT_NAT_DNAT),
      be32Attribute(2, address.length === IPV6_BYTES ? FAMILIES.ipv6 : FAMILIES.ipv4),
      be32Attribute(3, NFT_REG_1),
      be32Attribute(5, NFT_REG_2),
    ),
  ])
}

/** Gives the connection the address of the interface that it leaves by. Ends the rule. */
export function masquerade(): Expression {
  return expression('masq')
}

/** Counts packets and bytes. */
export function counter(): Expression {
  return expression('counter')
}

/** Decides about the packet in this chain; `drop` is final, after `accept` later chains still have a say. */
export function verdict(name: keyof typeof VERDICTS): Expression {
  const code = nested(NFTA_DATA_VERDICT, be32Attribute(NFTA_VERDICT_CODE, VERDICTS[name]))
  return expression('immediate', be32Attribute(1, NFT_REG_VERDICT), nested(2, code))
}

function loadMeta(key: keyof typeof META_KEYS): Expression {
  return expression('meta', be32Attribute(1, NFT_REG_1), be32Attribute(2, META_KEYS[key]))
}

function loadValue(register: number, value: Uint8Array): Expression {
  return expression('immediate', be32Attribute(1, register), nested(2, attribute(NFTA_DATA_VALUE, value)))
}

function maskRegister(mask: Uint8Array): Expression {
  return expression(
    'bitwise',
    be32Attribute(1, NFT_REG_1),
    be32Attribute(2, NFT_REG_1),
    be32Attribute(3, mask.length),
    nested(4, attribute(NFTA_DATA_VALUE, mask)),
    nested(5, attribute(NFTA_DATA_VALUE, Buffer.alloc(mask.length))),
  )
}

function leadingBits(count: number, bytes: number): Buffer {
  return Buffer.from(
    Array.from(
      { length: bytes },
      (_, index) => 0xff & ~(0xff >> Math.min(8, Math.max(0, count - index * 8))),
    ),
  )
}

function compare(comparison: Comparison, value: Uint8Array): Expression {
  return expression(
    'cmp',
    be32Attribute(1, NFT_REG_1),
    attribute(2, be32(COMPARISONS[comparison])),
    nested(3, attribute(NFTA_DATA_VALUE, value)),
  )
}

function expression(name: string, ...attributes: readonly Uint8Array[]): Expression {
  return nested(NFTA_LIST_ELEM, textAttribute(NFTA_EXPR_NAME, name), nested(NFTA_EXPR_DATA, ...attributes))
}
