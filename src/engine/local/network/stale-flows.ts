import { formatIpAddress } from '../../../base/ip-address.ts'
import { deleteFlows, listFlows, type TrackedFlow } from '../../../linux/conntrack.ts'
import { type NetlinkSocket, openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { listAddresses } from '../../../linux/rtnetlink/address.ts'
import { isEveryAddress, isIpv6 } from '../../../model/bound-port.ts'
import type { ForwardedPort } from './firewall-rules.ts'

const UDP = 17

/** Published ports, and those that are no longer. */
export interface PortChanges {
  readonly current: readonly ForwardedPort[]
  readonly removed: readonly ForwardedPort[]
}

/**
 * Has flows of UDP to published ports follow to the containers that have these now. The kernel looks at the rules for the
 * first packet of a flow only, and one of UDP ends when nothing is sent for a while: a client that goes on sending would
 * reach the container of before, or whoever has its address now, and for a port that was free when it began, nobody.
 *
 * @param socket of nf_tables.
 */
export function forgetStaleFlows({ current, removed }: PortChanges, socket: NetlinkSocket): void {
  const ports = current.filter(({ protocol }) => protocol === 'udp')
  const gone = removed.filter(({ protocol }) => protocol === 'udp')
  if (ports.length + gone.length === 0) return
  const local = localAddresses()
  const isStale = (flow: TrackedFlow): boolean => {
    const port = ports.find(each => leadsTo(each, flow))
    if (port === undefined) return gone.some(each => leadsTo(each, flow) && isAnsweredBy(each, flow))
    return isLocal(flow.destination.address, local) && !isAnsweredBy(port, flow)
  }
  deleteFlows(socket, listFlows(socket, UDP).filter(isStale))
}

function leadsTo({ hostIp, hostPort }: ForwardedPort, { destination }: TrackedFlow): boolean {
  if (destination.port !== hostPort) return false
  return isEveryAddress(hostIp)
    ? isIpv6(hostIp) === isIpv6(destination.address)
    : hostIp === destination.address
}

function isAnsweredBy({ containerAddress, target }: ForwardedPort, { answerer }: TrackedFlow): boolean {
  return answerer.address === containerAddress && answerer.port === target
}

function localAddresses(): ReadonlySet<string> {
  using socket = openNetlink('route')
  return new Set(listAddresses(socket).map(({ address }) => formatIpAddress(address)))
}

function isLocal(address: string, addresses: ReadonlySet<string>): boolean {
  return address.startsWith('127.') || addresses.has(address)
}
