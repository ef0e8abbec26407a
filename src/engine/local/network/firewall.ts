import type { NetlinkRequest } from '../../../linux/netlink/message.ts'
import { type NetlinkSocket, useNetlink } from '../../../linux/netlink/netlink-socket.ts'
import {
  appendRule,
  commit,
  deleteTable,
  findTable,
  flushRules,
  newBaseChain,
  newTable,
} from '../../../linux/nftables/ruleset.ts'
import { CHAINS, type FirewallRequest } from './firewall-rules.ts'
import { stampedRules } from './firewall-stamps.ts'
import { type Owner, tableOf } from './kernel-name.ts'

/**
 * Puts the whole firewall of a project in place of what it had, in one transaction; existing connections continue.
 *
 * Containers reach the outside under the host's address, unless the network is internal. From outside the bridge only
 * published ports are reached. Both hold for IPv6 as for IPv4.
 *
 * It goes over `socket`, an nf_tables socket, or over one of its own. A caller that applies often keeps one open, since
 * closing it makes the next transaction wait for a grace period of the kernel, 20 ms.
 *
 * @throws {SystemCallError} If the kernel has no nf_tables; then nothing changed.
 */
export function applyFirewall(request: FirewallRequest, socket?: NetlinkSocket): void {
  const table = tableOf(request)
  const requests = (open: NetlinkSocket) => [
    ...removeEarlier(open, request),
    newTable(table),
    flushRules(table),
    ...CHAINS.map(chain => newBaseChain({ ...chain, table })),
    ...stampedRules(request).map(({ chain, match, stamp }) =>
      appendRule({ table, chain, expressions: match, stamp }),
    ),
  ]
  useNetlink('netfilter', socket, open => commit(open, requests(open)))
}

/** Removes the firewall of a project, where there is one; over `socket`, or one of its own. */
export function removeFirewall(owner: Owner, socket?: NetlinkSocket): void {
  const table = tableOf(owner)
  // The first makes sure of what the second needs, so that it works whether or not there is one.
  useNetlink('netfilter', socket, open =>
    commit(open, [...removeEarlier(open, owner), newTable(table), deleteTable(table)]),
  )
}

/** Earlier versions had a table of IPv4 alone. */
function removeEarlier(socket: NetlinkSocket, owner: Owner): readonly NetlinkRequest[] {
  const table = { ...tableOf(owner), family: 'ip' } as const
  return findTable(socket, table) === undefined ? [] : [deleteTable(table)]
}
