import type { NetlinkRequest } from '../../../linux/netlink/message.ts'
import {
  changePort,
  type Expression,
  matchInterface,
  matchPayload,
  matchProtocol,
  verdict,
} from '../../../linux/nftables/expression.ts'
import { appendRule, batch, newBaseChain, newTable, type Table } from '../../../linux/nftables/ruleset.ts'
import { EMBEDDED_DNS_BYTES, EMBEDDED_DNS_PORT } from './held-sockets.ts'

const TABLE: Table = { family: 'ip', name: 'tcompose_dns' }
const DNS_PORT = 53
const LOOPBACK = 'lo'
/** Offsets of addresses in the header of IPv4, and of ports in that of TCP and UDP, in bytes. */
const OFFSETS = { source: { address: 12, port: 0 }, destination: { address: 16, port: 2 } } as const
const PROTOCOLS = { udp: 17, tcp: 6 } as const
/** After every rule that the container may have for what arrives, and before every one for what leaves (NF_IP_PRI_RAW). */
const LAST = 300
const FIRST = -300

/**
 * Returns a batch of nf_tables that leads port 53 of the embedded DNS server's address, in a container's network, to the
 * port where it listens: programs of the container may bind port 53 of every address themselves.
 *
 * Packets get another port at the last moment before they arrive, and the old one back as soon as they leave. So no
 * connection is tracked, and rules of the container see port 53 both ways.
 */
export function dnsRedirect(): readonly NetlinkRequest[] {
  return batch([
    newTable(TABLE),
    ...chain('arriving', {
      hook: 'input',
      priority: LAST,
      end: 'destination',
      from: DNS_PORT,
      to: EMBEDDED_DNS_PORT,
    }),
    ...chain('leaving', {
      hook: 'output',
      priority: FIRST,
      end: 'source',
      from: EMBEDDED_DNS_PORT,
      to: DNS_PORT,
    }),
  ])
}

interface PortChain {
  readonly hook: 'input' | 'output'
  readonly priority: number
  readonly end: 'source' | 'destination'
  readonly from: number
  readonly to: number
}

/** All that does not concern the loopback interface is done with after one comparison. */
function chain(name: string, { hook, priority, end, from, to }: PortChain): readonly NetlinkRequest[] {
  const key = hook === 'input' ? 'iifname' : 'oifname'
  const rule = (...expressions: readonly Expression[]) =>
    appendRule({ table: TABLE, chain: name, expressions })
  return [
    newBaseChain({ table: TABLE, name, type: 'filter', hook, priority, policy: 'accept' }),
    rule(matchInterface(key, LOOPBACK, 'not-equal'), verdict('accept')),
    ...(['udp', 'tcp'] as const).map(protocol =>
      rule(
        matchPayload({ base: 'network', offset: OFFSETS[end].address, value: EMBEDDED_DNS_BYTES }),
        matchProtocol(PROTOCOLS[protocol]),
        matchPayload({ base: 'transport', offset: OFFSETS[end].port, value: portBytes(from) }),
        changePort({ end, protocol, port: to }),
      ),
    ),
  ]
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(port)
  return bytes
}
