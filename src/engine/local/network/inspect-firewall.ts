import { type NetlinkSocket, useNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { findTable, listRules } from '../../../linux/nftables/ruleset.ts'
import type { ObservedFirewall } from '../../../model/observed-state.ts'
import { bridgesOf } from './bridges-of.ts'
import type { FirewallRequest } from './firewall-rules.ts'
import { stampedRules } from './firewall-stamps.ts'
import { isAdmitted } from './forward-filters.ts'
import { tableOf } from './kernel-name.ts'

/**
 * Compares the kernel's firewall of a project with `request`: its own table, and the rules that let it through a chain
 * FORWARD of iptables that drops.
 *
 * @throws {SystemCallError} If the kernel has no nf_tables or permission is missing.
 */
export function inspectFirewall(request: FirewallRequest, socket?: NetlinkSocket): ObservedFirewall {
  return useNetlink('netfilter', socket, open => {
    const table = findTable(open, tableOf(request))
    if (table === undefined) return 'missing'
    if (table.isDormant || !hasRules(open, request)) return 'altered'
    const bridges = bridgesOf(request)
    return isAdmitted(request, bridges, open) ? 'intact' : 'altered'
  })
}

/** The kernel lists chain by chain, in the order of their making. */
function hasRules(socket: NetlinkSocket, request: FirewallRequest): boolean {
  const wanted = stampedRules(request).map(({ chain, stamp }) => `${chain} ${stamp.toString('hex')}`)
  const found = listRules(socket, tableOf(request)).map(({ chain, stamp }) => `${chain} ${stamp}`)
  return byChain(wanted) === byChain(found)
}

function byChain(rules: readonly string[]): string {
  const chains = [...Map.groupBy(rules, rule => rule.split(' ')[0])]
  return JSON.stringify(chains.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)))
}
