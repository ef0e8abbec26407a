import { readFileSync } from 'node:fs'
import { type NetlinkSocket, openNetlink, useNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { readNetworkSysctl } from '../../../linux/network-sysctl.ts'
import { counter, matchInterface, verdict } from '../../../linux/nftables/expression.ts'
import {
  commit,
  deleteRule,
  findChainPolicy,
  type InstalledRule,
  listRules,
  prependRule,
  type Table,
} from '../../../linux/nftables/ruleset.ts'
import { type Owner, ownerComment, parseOwner } from './kernel-name.ts'

/** The table of `iptables -A FORWARD`, where iptables writes to nf_tables. */
export const FORWARD_TABLE: Table = { family: 'ip', name: 'filter' }
const CHAIN = 'FORWARD'

/** How a host that also runs Docker treats packets of other bridges. */
export interface ForwardFilter {
  /** The chain FORWARD of iptables drops what no rule lets through. */
  readonly dropsForwarded: boolean
  /** Packets between two ports of one bridge pass the chain FORWARD too. */
  readonly filtersBridged: boolean
  /** The older iptables has a filter table of its own, which nf_tables does not show and this cannot change. */
  readonly hasLegacyTable: boolean
}

/** Looks at the thread's network namespace. */
export function detectForwardFilter(): ForwardFilter {
  using socket = openNetlink('netfilter')
  return {
    dropsForwarded: findChainPolicy(socket, FORWARD_TABLE, CHAIN) === 'drop',
    filtersBridged: readNetworkSysctl('bridge/bridge-nf-call-iptables') === '1',
    hasLegacyTable: legacyTables().includes(FORWARD_TABLE.name),
  }
}

/**
 * Lets packets of `bridges` through a chain FORWARD that drops, with rules at its head in place of those the project
 * had. Isolation stays: the project's own table still drops, whatever this chain accepts. Returns whether rules were
 * needed; an iptables that forwards is left alone.
 */
export function admitBridges(owner: Owner, bridges: readonly string[], socket?: NetlinkSocket): boolean {
  return useNetlink('netfilter', socket, open => {
    if (findChainPolicy(open, FORWARD_TABLE, CHAIN) !== 'drop') return false
    commit(open, [
      ...ownRules(open, owner).map(rule => deleteRule(FORWARD_TABLE, rule)),
      ...bridges.flatMap(bridge => [
        admitRule(owner, 'iifname', bridge),
        admitRule(owner, 'oifname', bridge),
      ]),
    ])
    return bridges.length > 0
  })
}

/** Tells whether nothing is left for `admitBridges` to do. */
export function isAdmitted(owner: Owner, bridges: readonly string[], socket: NetlinkSocket): boolean {
  if (findChainPolicy(socket, FORWARD_TABLE, CHAIN) !== 'drop') return true
  return ownRules(socket, owner).length === bridges.length * 2
}

/** Removes the rules that `admitBridges` made for a project, where there are any. */
export function withdrawBridges(owner: Owner, socket?: NetlinkSocket): void {
  useNetlink('netfilter', socket, open =>
    commit(
      open,
      ownRules(open, owner).map(rule => deleteRule(FORWARD_TABLE, rule)),
    ),
  )
}

/** Returns the owners of admitting rules, each once. */
export function listAdmitted(): readonly Owner[] {
  using socket = openNetlink('netfilter')
  const owners = listRules(socket, FORWARD_TABLE).flatMap(({ comment }) => parseOwner(comment) ?? [])
  return [...new Map(owners.map(owner => [ownerComment(owner), owner])).values()]
}

/** In the form that iptables prints as `-i BRIDGE -j ACCEPT`: it refuses a table with rules it does not know. */
function admitRule(owner: Owner, key: 'iifname' | 'oifname', bridge: string): ReturnType<typeof prependRule> {
  return prependRule({
    table: FORWARD_TABLE,
    chain: CHAIN,
    expressions: [matchInterface(key, bridge), counter(), verdict('accept')],
    comment: ownerComment(owner),
  })
}

function ownRules(socket: NetlinkSocket, owner: Owner): readonly InstalledRule[] {
  return listRules(socket, FORWARD_TABLE).filter(({ comment }) => comment === ownerComment(owner))
}

function legacyTables(): readonly string[] {
  try {
    return readFileSync('/proc/thread-self/net/ip_tables_names', 'utf8').split('\n')
  } catch {
    // A kernel without the older iptables has no such file.
    return []
  }
}
