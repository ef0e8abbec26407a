import { constants } from 'node:os'
import type { IpFamily } from '../../../base/ip-address.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import { type NetlinkSocket, openNetlink, useNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { readNetworkSysctl, setNetworkSysctl } from '../../../linux/network-sysctl.ts'
import {
  commit,
  deleteChain,
  deleteTable,
  listChainNames,
  newChain,
  newTable,
  type Table,
} from '../../../linux/nftables/ruleset.ts'
import { type Link, listLinks } from '../../../linux/rtnetlink/link.ts'
import { listRoutes } from '../../../linux/rtnetlink/route.ts'
import { type Owner, parseOwner } from './kernel-name.ts'

const FAMILIES = ['ipv4', 'ipv6'] as const
const SETTINGS: Readonly<Record<IpFamily, string>> = {
  ipv4: 'ipv4/ip_forward',
  ipv6: 'ipv6/conf/all/forwarding',
}

/**
 * The record of what was turned on: a table whose chains see no packet. It is where the settings are, in the kernel, for
 * every engine alike, and goes with them when the machine restarts. A chain is called `ipv4` or `ipv6` for what was off,
 * `known-INDEX` for an interface that was there before, `advertised-INDEX` for one that was told to go on accepting routers.
 */
const RECORD: Table = { family: 'inet', name: 'tcompose-forwarding' }
const KNOWN = 'known-'
const ADVERTISED = 'advertised-'

/**
 * Has the kernel forward packets of `family` between interfaces of the thread's network namespace, and writes down that it
 * did not before.
 */
export function enableForwarding(family: IpFamily): void {
  if (readNetworkSysctl(SETTINGS[family]) === '1') return
  using socket = openNetlink('netfilter')
  const links = linksOf()
  const advertised = family === 'ipv6' ? advertisedLinks(links) : []
  const chains = [
    family,
    ...links.filter(isForeign).map(({ index }) => `${KNOWN}${index}`),
    ...advertised.map(({ index }) => `${ADVERTISED}${index}`),
  ]
  commit(socket, [newTable(RECORD), ...chains.map(name => newChain(RECORD, name))])
  // A host that forwards takes no default route from a router, and drops those that it has, unless it is told to: accept_ra.
  for (const { name } of advertised) setNetworkSysctl(acceptRa(name), '2')
  setNetworkSysctl(SETTINGS[family], '1')
}

/**
 * Turns off again what `enableForwarding` has turned on for a family, if no bridge with that family is left but those of
 * `owner`. It stays on for interfaces that others have made meanwhile, such as the bridges of another program, and what was
 * changed meanwhile stays as it is.
 */
export function releaseForwarding(owner: Owner, socket?: NetlinkSocket): void {
  useNetlink('netfilter', socket, open => {
    const chains = listChainNames(open, RECORD)
    const recorded = FAMILIES.filter(family => chains.includes(family))
    const links = recorded.length > 0 ? linksOf() : []
    const over = recorded.filter(family => !isNeeded(family, { owner, chains, links }))
    if (over.length === 0) return
    for (const family of over) change(SETTINGS[family], { from: '1', to: '0' })
    const advertised = chains.filter(name => over.includes('ipv6') && name.startsWith(ADVERTISED))
    for (const { name } of links.filter(({ index }) => advertised.includes(`${ADVERTISED}${index}`)))
      change(acceptRa(name), { from: '2', to: '1' })
    if (over.length === recorded.length) commit(open, [newTable(RECORD), deleteTable(RECORD)])
    else forget(open, [...over, ...advertised])
    // Who has made a bridge since has found it on.
    const now = { owner, chains, links: linksOf() }
    for (const family of over.filter(each => isNeeded(each, now))) enableForwarding(family)
  })
}

/** Another engine may have deleted them, or the table, meanwhile. */
function forget(socket: NetlinkSocket, names: readonly string[]): void {
  try {
    commit(
      socket,
      names.flatMap(name => [newChain(RECORD, name), deleteChain(RECORD, name)]),
    )
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.errno !== constants.errno.ENOENT) throw error
  }
}

/** Leaves a setting alone that has another value. */
function change(name: string, { from, to }: { readonly from: string; readonly to: string }): void {
  if (readNetworkSysctl(name) === from) setNetworkSysctl(name, to)
}

/** Returns which families forward only since tcompose has turned it on. */
export function recordedForwarding(socket: NetlinkSocket): readonly IpFamily[] {
  const chains = listChainNames(socket, RECORD)
  return FAMILIES.filter(family => chains.includes(family))
}

/** Kinds of interfaces whose makers lead packets from one to another. */
const LEADING: ReadonlySet<string> = new Set(['bridge', 'macvlan', 'ipvlan', 'tun', 'vxlan', 'wireguard'])

interface Situation {
  readonly owner: Owner
  readonly chains: readonly string[]
  readonly links: readonly Link[]
}

function isNeeded(family: IpFamily, { owner: { tag, project }, chains, links }: Situation): boolean {
  return links.some(link => {
    if (!LEADING.has(link.kind ?? '')) return false
    const owner = parseOwner(link.alias)
    if (owner === undefined) return !chains.includes(`${KNOWN}${link.index}`)
    return (owner.tag !== tag || owner.project !== project) && carries(link.name, family)
  })
}

/** The bridge of a network without IPv6 has that turned off. */
function carries(name: string, family: IpFamily): boolean {
  return family === 'ipv4' || readNetworkSysctl(`ipv6/conf/${name}/disable_ipv6`) === '0'
}

function isForeign({ kind, alias }: Link): boolean {
  return LEADING.has(kind ?? '') && parseOwner(alias) === undefined
}

/** Interfaces whose default route may be one that a router has advertised. */
function advertisedLinks(links: readonly Link[]): readonly Link[] {
  using socket = openNetlink('route')
  const ways = new Set(
    listRoutes(socket).flatMap(({ destination, interfaceIndex }) =>
      destination.family === 'ipv6' && destination.prefixLength === 0 ? (interfaceIndex ?? []) : [],
    ),
  )
  return links.filter(({ index, name }) => ways.has(index) && readNetworkSysctl(acceptRa(name)) === '1')
}

function acceptRa(name: string): string {
  return `ipv6/conf/${name}/accept_ra`
}

function linksOf(): readonly Link[] {
  using socket = openNetlink('route')
  return listLinks(socket)
}
