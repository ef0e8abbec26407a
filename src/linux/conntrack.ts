import { constants } from 'node:os'
import { formatIpAddress, ipFromBytes } from '../base/ip-address.ts'
import { attribute, nested, parseAttributes } from './netlink/attribute.ts'
import { type NetlinkRequest, NLM_F_DUMP } from './netlink/message.ts'
import type { NetlinkSocket } from './netlink/netlink-socket.ts'

const NFNL_SUBSYS_CTNETLINK = 1
const IPCTNL_MSG_CT_GET = 1
const IPCTNL_MSG_CT_DELETE = 2
const CTA_TUPLE_ORIG = 1
const CTA_TUPLE_REPLY = 2
const CTA_ID = 12
const CTA_ZONE = 18
const CTA_TUPLE_IP = 1
const CTA_TUPLE_PROTO = 2
const CTA_IP_V4_SRC = 1
const CTA_IP_V4_DST = 2
const CTA_IP_V6_SRC = 3
const CTA_IP_V6_DST = 4
const CTA_PROTO_NUM = 1
const CTA_PROTO_SRC_PORT = 2
const CTA_PROTO_DST_PORT = 3
/** struct nfgenmsg. */
const HEADER_BYTES = 4

/** One end of a tracked flow. */
export interface FlowEnd {
  readonly address: string
  readonly port: number
}

/** A flow that the kernel tracks: linux/netfilter/nfnetlink_conntrack.h. */
export interface TrackedFlow {
  readonly source: FlowEnd
  /** As the first packet had it. */
  readonly destination: FlowEnd
  /** Where answers come from: `destination`, or where that was translated to. */
  readonly answerer: FlowEnd
  /** What the kernel knows it by. */
  readonly key: FlowKey
}

interface FlowKey {
  readonly family: number
  readonly attributes: readonly Uint8Array[]
}

/** Returns the flows of one IP protocol that the network namespace of `socket`, one of nf_tables, tracks. */
export function listFlows(socket: NetlinkSocket, protocol: number): readonly TrackedFlow[] {
  return socket
    .dump({
      type: (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET,
      flags: NLM_F_DUMP,
      purpose: 'list tracked connections',
      payload: Buffer.alloc(HEADER_BYTES),
    })
    .flatMap(payload => parseFlow(payload, protocol) ?? [])
}

/** Forgets flows: the next packet of each is treated as the first. Those that have ended meanwhile are passed over. */
export function deleteFlows(socket: NetlinkSocket, flows: readonly TrackedFlow[]): void {
  socket.send(flows.map(({ key }) => deleteRequest(key)))
}

function deleteRequest({ family, attributes }: FlowKey): NetlinkRequest {
  return {
    type: (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_DELETE,
    flags: 0,
    purpose: 'forget a tracked connection',
    payload: Buffer.concat([Buffer.of(family, 0, 0, 0), ...attributes]),
    tolerate: [constants.errno.ENOENT],
  }
}

function parseFlow(payload: Buffer, protocol: number): TrackedFlow | undefined {
  const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
  const original = attributes.get(CTA_TUPLE_ORIG)
  const first = parseTuple(original, protocol)
  const reply = parseTuple(attributes.get(CTA_TUPLE_REPLY), protocol)
  if (original === undefined || first === undefined || reply === undefined) return undefined
  const id = attributes.get(CTA_ID)
  const zone = attributes.get(CTA_ZONE)
  return {
    source: first.source,
    destination: first.destination,
    answerer: reply.source,
    key: {
      family: payload.readUInt8(0),
      attributes: [
        nested(CTA_TUPLE_ORIG, original),
        ...(zone === undefined ? [] : [attribute(CTA_ZONE, zone)]),
        ...(id === undefined ? [] : [attribute(CTA_ID, id)]),
      ],
    },
  }
}

interface Tuple {
  readonly source: FlowEnd
  readonly destination: FlowEnd
}

function parseTuple(bytes: Buffer | undefined, protocol: number): Tuple | undefined {
  const parts = parseAttributes(bytes ?? NOTHING)
  const transport = parseAttributes(parts.get(CTA_TUPLE_PROTO) ?? NOTHING)
  if (transport.get(CTA_PROTO_NUM)?.readUInt8() !== protocol) return undefined
  const ip = parseAttributes(parts.get(CTA_TUPLE_IP) ?? NOTHING)
  const source = ipFromBytes(ip.get(CTA_IP_V4_SRC) ?? ip.get(CTA_IP_V6_SRC) ?? NOTHING)
  const destination = ipFromBytes(ip.get(CTA_IP_V4_DST) ?? ip.get(CTA_IP_V6_DST) ?? NOTHING)
  if (source === undefined || destination === undefined) return undefined
  const portAt = (type: number) => transport.get(type)?.readUInt16BE() ?? 0
  return {
    source: { address: formatIpAddress(source), port: portAt(CTA_PROTO_SRC_PORT) },
    destination: { address: formatIpAddress(destination), port: portAt(CTA_PROTO_DST_PORT) },
  }
}

const NOTHING = Buffer.alloc(0)
