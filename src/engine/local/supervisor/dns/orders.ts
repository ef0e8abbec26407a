import { isIPv6 } from 'node:net'
import { ipBytes, parseIpAddress } from '../../../../base/ip-address.ts'
import { interfaceIndex } from '../../../../linux/interface-index.ts'
import type { SocketRequest } from '../../../../linux/socket-in-netns.ts'
import type { WireWriter } from '../../../../runtime/keeper/wire-writer.ts'
import type { LinkedNames } from './linked-names.ts'
import type { Upstream } from './upstreams.ts'
import type { WireName } from './wire-name.ts'

/** What changes what the name server knows; names have their case folded. */
export type NameOrder =
  /** A network, by a number that the owner chooses; `suffix` is its name, where DNS has it. */
  | { readonly kind: 'network'; readonly network: number; readonly suffix: WireName | undefined }
  /** Without an address: of containers of which none runs. */
  | {
      readonly kind: 'name'
      readonly network: number
      readonly name: WireName
      readonly ipv4: readonly Uint8Array[]
      readonly ipv6: readonly Uint8Array[]
    }
  | { readonly kind: 'forget-name'; readonly network: number; readonly name: WireName }
  /** The reverse name of an address; that of a name that cannot be sent leads nowhere. */
  | {
      readonly kind: 'pointer'
      readonly network: number
      readonly name: WireName
      readonly target: WireName | undefined
    }
  | { readonly kind: 'forget-pointer'; readonly network: number; readonly name: WireName }

/** What a container that asks sees. */
export interface ClientView {
  readonly client: number
  /** False: what is not a name of the project fails. */
  readonly forwards: boolean
  /** Numbers of its networks, in the order in which they count. */
  readonly networks: readonly number[]
  readonly links: LinkedNames
  /** Undefined: the host's. */
  readonly upstreams: readonly Upstream[] | undefined
}

/** What the name server is told: native/names/order.h has the meaning of each. */
export type Order =
  | NameOrder
  /** A container; a bound UDP socket and a listening TCP socket come along. */
  | ({ readonly kind: 'client' } & ClientView)
  /** What it sees is this from now on. */
  | ({ readonly kind: 'view' } & ClientView)
  | { readonly kind: 'reset' | 'serve' | 'rest' | 'wake' }
  | { readonly kind: 'synced'; readonly serial: number }
  | { readonly kind: 'forget-client'; readonly client: number }
  | { readonly kind: 'upstreams'; readonly upstreams: readonly Upstream[] }
  | ({ readonly kind: 'sockets' } & SocketWish)

/** Sockets of a container's network, by which its queries reach upstreams of its own. */
export interface SocketWish extends SocketRequest {
  readonly client: number
}

/** What the name server asks. */
export type Report =
  /** To be told all that is true at this moment, and then the serial. */
  { readonly kind: 'sync'; readonly serial: number } | ({ readonly kind: 'sockets' } & SocketWish)

/** See native/names/order.h. */
const ORDERS: Readonly<Record<Order['kind'], number>> = {
  reset: 1,
  serve: 2,
  synced: 3,
  network: 4,
  name: 5,
  'forget-name': 6,
  pointer: 7,
  'forget-pointer': 8,
  client: 9,
  'forget-client': 10,
  upstreams: 11,
  sockets: 12,
  view: 13,
  rest: 14,
  wake: 15,
}
const CLIENT_FORWARDS = 1
const CLIENT_HAS_UPSTREAMS = 2
const REPORT_SYNC = 1
const REPORT_SOCKETS = 2

/** Of socket(2). */
const FAMILIES = { ipv4: 2, ipv6: 10 } as const
const TYPES = { stream: 1, datagram: 2 } as const

/** Adds a message with `order`. */
export function writeOrder(writer: WireWriter, order: Order): void {
  writer.sized(() => {
    writer.u32(ORDERS[order.kind])
    writeFields(writer, order)
  })
}

function writeFields(writer: WireWriter, order: Order): void {
  switch (order.kind) {
    case 'reset':
    case 'serve':
    case 'rest':
    case 'wake':
      return
    case 'synced':
      writer.u32(order.serial)
      return
    case 'client':
    case 'view':
      writeView(writer, order)
      return
    case 'forget-client':
      writer.u32(order.client)
      return
    case 'upstreams':
      writeUpstreams(writer, order.upstreams)
      return
    case 'sockets':
      writer.u32(order.client).u32(FAMILIES[order.family]).u32(TYPES[order.type])
      return
    default:
      writeName(writer, order)
  }
}

function writeName(writer: WireWriter, order: NameOrder): void {
  writer.u32(order.network).bytes(bytesOf(order.kind === 'network' ? (order.suffix ?? '') : order.name))
  if (order.kind === 'name') writer.bytes(Buffer.concat(order.ipv4)).bytes(Buffer.concat(order.ipv6))
  if (order.kind === 'pointer') writer.bytes(bytesOf(order.target === undefined ? '' : `${order.target}\0`))
}

function writeView(writer: WireWriter, { client, forwards, networks, links, upstreams }: ClientView): void {
  writer.u32(client)
  writer.u32((forwards ? CLIENT_FORWARDS : 0) | (upstreams === undefined ? 0 : CLIENT_HAS_UPSTREAMS))
  writer.u32(networks.length)
  for (const network of networks) writer.u32(network)
  writer.u32(links.size)
  for (const [alias, meant] of links) writer.bytes(bytesOf(alias)).bytes(bytesOf(meant))
  writeUpstreams(writer, upstreams ?? [])
}

/** What is no address cannot be asked, and is left out. */
function writeUpstreams(writer: WireWriter, upstreams: readonly Upstream[]): void {
  const endpoints = upstreams.flatMap(({ address, port }) => {
    const [plain = '', zone] = address.split('%')
    const parsed = parseIpAddress(plain)
    return parsed === undefined ? [] : [{ bytes: ipBytes(parsed), port, scope: scopeOf(plain, zone) }]
  })
  const asked = endpoints.slice(0, MOST_UPSTREAMS)
  writer.u32(asked.length)
  for (const { bytes, port, scope } of asked) writer.u16(port).bytes(bytes).u32(scope)
}

/** More cannot be asked in the time that a client waits. */
const MOST_UPSTREAMS = 256

/** The zone of a link-local address is an interface, by its name or number: RFC 4007, 11.2. */
function scopeOf(address: string, zone: string | undefined): number {
  if (zone === undefined || !isIPv6(address)) return 0
  return /^\d+$/.test(zone) ? Number(zone) : (interfaceIndex(zone) ?? 0)
}

function bytesOf(name: WireName): Buffer {
  return Buffer.from(name, 'latin1')
}

/**
 * Reads the reports at the start of `bytes`, and returns what is left: the beginning of another.
 *
 * @throws {RangeError} If one is not understood.
 */
export function readReports(bytes: Buffer): { readonly reports: readonly Report[]; readonly rest: Buffer } {
  const reports: Report[] = []
  let at = 0
  while (bytes.length >= at + 4) {
    const end = at + 4 + bytes.readUInt32LE(at)
    if (bytes.length < end) break
    reports.push(readReport(bytes.subarray(at + 4, end)))
    at = end
  }
  return { reports, rest: Buffer.from(bytes.subarray(at)) }
}

function readReport(report: Buffer): Report {
  const [kind, first] = [report.readUInt32LE(0), report.readUInt32LE(4)]
  if (kind === REPORT_SYNC) return { kind: 'sync', serial: first }
  if (kind !== REPORT_SOCKETS) throw new RangeError(`Cannot read a report of the name server: kind ${kind}`)
  const family = report.readUInt32LE(8) === FAMILIES.ipv4 ? 'ipv4' : 'ipv6'
  const type = report.readUInt32LE(12) === TYPES.datagram ? 'datagram' : 'stream'
  return { kind: 'sockets', client: first, family, type }
}
