import { constants } from 'node:os'
import { legacyForward } from '../../../linux/legacy-forward.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import type { NetlinkRequest } from '../../../linux/netlink/message.ts'
import { type NetlinkSocket, openNetlink, useNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { readNetworkSysctl } from '../../../linux/network-sysctl.ts'
import { counter, matchInterface, verdict } from '../../../linux/nftables/expression.ts'
import {
  commit,
  deleteRule,
  findTable,
  type InstalledChain,
  type InstalledRule,
  insertRule,
  listChains,
  listRules,
} from '../../../linux/nftables/ruleset.ts'
import { ANY_BRIDGE, isOwnTable, type Owner, ownerComment, parseOwner } from './kernel-name.ts'

/** How the firewalls of others on this host treat packets of bridges. */
export interface ForwardFilters {
  /** Chains that drop or reject what no rule of theirs lets through, e.g. `ip filter FORWARD`. */
  readonly blocking: readonly string[]
  /** Those of them that no other program may change. */
  readonly closed: readonly string[]
  /** Packets between two ports of one bridge pass these chains too. */
  readonly filtersBridged: boolean
  /** The older iptables, which nf_tables does not show and this cannot change, drops or rejects packets of bridges. */
  readonly legacyBlocks: boolean
}

/** What lets packets of bridges through the older iptables. */
export const LEGACY_REMEDY: string = ['-i', '-o']
  .map(way => `iptables-legacy -I FORWARD ${way} ${ANY_BRIDGE.replace('*', '+')} -j ACCEPT`)
  .join('; ')

/** Looks at the thread's network namespace. */
export function detectForwardFilters(): ForwardFilters {
  using socket = openNetlink('netfilter')
  const blocking = forwardFilters(socket).filter(({ isBlocking }) => isBlocking)
  return {
    blocking: blocking.map(nameOf),
    closed: blocking.filter(({ isClosed }) => isClosed).map(nameOf),
    filtersBridged: readNetworkSysctl('bridge/bridge-nf-call-iptables') === '1',
    legacyBlocks: isBlockedByLegacy(),
  }
}

/** Tells whether the older iptables drops packets of bridges: only its own program can change that. */
export function isBlockedByLegacy(): boolean {
  return legacyForward(ANY_BRIDGE) === 'blocks'
}

/**
 * Lets packets of `bridges` through the chains of others that would not: iptables on nf_tables, firewalld, ufw, a ruleset of
 * the user's. Rules at the head of each chain take the place of those the project had; behind the jump to DOCKER-USER where
 * there is one, since rules for every container are there. Isolation stays: the project's own table still drops, whatever
 * these chains accept. Returns whether rules were needed; a chain that forwards is left alone, and so is one that belongs to
 * a running program.
 */
export function admitBridges(owner: Owner, bridges: readonly string[], socket?: NetlinkSocket): boolean {
  return useNetlink('netfilter', socket, open => {
    const filters = openFilters(open)
    for (const filter of filters) {
      tryCommit(open, [
        ...ownRules(filter, owner).map(rule => deleteRule(filter.chain.table, rule)),
        ...bridges.flatMap(bridge => [
          admitRule(filter, owner, { key: 'iifname', bridge }),
          admitRule(filter, owner, { key: 'oifname', bridge }),
        ]),
      ])
    }
    return filters.length > 0 && bridges.length > 0
  })
}

/** Tells whether nothing is left for `admitBridges` to do. */
export function isAdmitted(owner: Owner, bridges: readonly string[], socket: NetlinkSocket): boolean {
  return openFilters(socket).every(filter => ownRules(filter, owner).length === bridges.length * 2)
}

/** Removes the rules that `admitBridges` made for a project, where there are any. */
export function withdrawBridges(owner: Owner, socket?: NetlinkSocket): void {
  useNetlink('netfilter', socket, open => {
    for (const filter of forwardFilters(open)) {
      const rules = ownRules(filter, owner)
      if (rules.length > 0)
        tryCommit(
          open,
          rules.map(rule => deleteRule(filter.chain.table, rule)),
        )
    }
  })
}

/** Returns the owners of admitting rules, each once. */
export function listAdmitted(): readonly Owner[] {
  using socket = openNetlink('netfilter')
  const owners = forwardFilters(socket).flatMap(({ rules }) =>
    rules.flatMap(({ comment }) => parseOwner(comment) ?? []),
  )
  return [...new Map(owners.map(owner => [ownerComment(owner), owner])).values()]
}

/** A chain of another program that sees forwarded packets. */
interface ForwardFilter {
  readonly chain: InstalledChain
  /** In their order. */
  readonly rules: readonly InstalledRule[]
  readonly isBlocking: boolean
  /** It is blocking, and only the program that made the table may change it. */
  readonly isClosed: boolean
}

function openFilters(socket: NetlinkSocket): readonly ForwardFilter[] {
  return forwardFilters(socket).filter(({ isBlocking, isClosed }) => isBlocking && !isClosed)
}

function forwardFilters(socket: NetlinkSocket): readonly ForwardFilter[] {
  const chains = listChains(socket).filter(
    ({ table, hook, type }) => hook === 'forward' && type === 'filter' && !isOwnTable(table.name),
  )
  return chains.map(chain => {
    const rules = listRules(socket, chain.table, chain.name)
    const isBlocking = chain.policy === 'drop' || rules.some(isBlocker)
    return { chain, rules, isBlocking, isClosed: isBlocking && isOwned(socket, chain) }
  })
}

function isOwned(socket: NetlinkSocket, { table }: InstalledChain): boolean {
  return findTable(socket, table)?.isOwned === true
}

const REFUSALS: readonly string[] = ['drop', 'reject', 'target REJECT']
const NO_MATCHES: readonly string[] = ['counter', 'log', 'target LOG']

/** Drops or rejects every packet that comes as far. */
function isBlocker({ actions }: InstalledRule): boolean {
  return actions.some(isRefusal) && actions.every(action => isRefusal(action) || NO_MATCHES.includes(action))
}

function isRefusal(action: string): boolean {
  return REFUSALS.includes(action)
}

/** In the form that iptables prints as `-i BRIDGE -j ACCEPT`: it refuses a table with rules it does not know. */
function admitRule(
  { chain, rules }: ForwardFilter,
  owner: Owner,
  { key, bridge }: { readonly key: 'iifname' | 'oifname'; readonly bridge: string },
): NetlinkRequest {
  const users = rules.find(({ actions }) => actions.at(-1) === 'jump DOCKER-USER')
  return insertRule(
    {
      table: chain.table,
      chain: chain.name,
      expressions: [matchInterface(key, bridge), counter(), verdict('accept')],
      comment: ownerComment(owner),
    },
    users,
  )
}

function ownRules({ rules }: ForwardFilter, owner: Owner): readonly InstalledRule[] {
  return rules.filter(({ comment }) => comment === ownerComment(owner))
}

/** Another program may load a ruleset of its own between the look and the change; whoever watches the rules sees that. */
function tryCommit(socket: NetlinkSocket, requests: readonly NetlinkRequest[]): void {
  try {
    commit(socket, requests)
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.errno !== constants.errno.ENOENT) throw error
  }
}

function nameOf({ chain: { table, name } }: ForwardFilter): string {
  return `${table.family} ${table.name} ${name}`
}
