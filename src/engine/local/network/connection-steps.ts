import type { OwnerMaps } from '../../../model/id-mapping.ts'
import type { ContainerId } from '../../../model/names.ts'
import { holdPayload } from '../../../runtime/keeper/hold-payload.ts'
import { type LaunchRequest, type LaunchStep, NETWORK_FD } from '../../../runtime/launch/launch-op.ts'
import { type StepDetails, step, writeStep } from '../../../runtime/launch/launch-steps.ts'
import { NETLINK_NETFILTER, NETLINK_ROUTE, netlinkStep } from '../../../runtime/launch/network-steps.ts'
import { networkOwnerSteps } from '../../../runtime/launch/user-namespace-steps.ts'
import type { LiveDns } from '../state/live-record.ts'
import { type ConnectionWork, connectionWork } from './connection-work.ts'
import { dnsRedirect } from './dns-redirect.ts'
import type { ConnectedEndpoint, ConnectRequest } from './endpoint.ts'
import {
  AF_INET,
  EMBEDDED_DNS_BYTES,
  EMBEDDED_DNS_PORT,
  heldPrefix,
  SOCK_DGRAM,
  SOCK_STREAM,
} from './held-sockets.ts'

/** The embedded DNS server's sockets of a container, by the names under which the keeper holds them. */
export type DnsSockets = Pick<LiveDns, 'udpSocket' | 'tcpSocket'>

/** Returns the names of the DNS sockets of a container: they go with its network. */
export function dnsSocketsOf(id: ContainerId): DnsSockets {
  const network = networkName(id)
  return { udpSocket: `${network}/dns/udp`, tcpSocket: `${network}/dns/tcp` }
}

/** What a container's network is made of. */
export interface Connecting {
  readonly id: ContainerId
  readonly request: ConnectRequest
  readonly endpoints: readonly ConnectedEndpoint[]
  /** The ids of the user namespace that it belongs to. @default it is the host's */
  readonly owner?: OwnerMaps | undefined
  /** @default it has no embedded DNS server */
  readonly dns?: DnsSockets | undefined
}

/**
 * Returns the steps in which a container's own process makes the network that it is to live in, or joins it when it
 * starts again: the keeper holds the namespace from then on, and `netnsPath` is a link to it.
 */
export function connectionSteps({ id, request, endpoints, owner, dns }: Connecting): readonly LaunchStep[] {
  const make = { op: 'make-network', name: networkName(id), link: request.netnsPath } as const
  return [
    ...networkOwnerSteps(owner),
    step(make, { purpose: 'make a network namespace' }),
    ...[...connectionWork(request, endpoints, NETWORK_FD).map(workStep), ...dnsSteps(dns)].map(each => ({
      ...each,
      ofNewNetwork: true as const,
    })),
  ]
}

/** Returns the launch of a process that makes a network by `steps` and ends. */
export function networkLaunch(id: ContainerId, steps: readonly LaunchStep[]): LaunchRequest {
  return {
    id: networkName(id),
    kind: 'auxiliary',
    killOnHangup: false,
    stdinOpen: false,
    cloneFlags: 0,
    join: undefined,
    cgroup: undefined,
    stateDir: undefined,
    logPath: undefined,
    program: [...steps, step({ op: 'end' }, { purpose: 'make the network' })],
  }
}

function networkName(id: ContainerId): string {
  return `${heldPrefix(id)}net`
}

function workStep(work: ConnectionWork): LaunchStep {
  const { purpose } = work
  if (work.kind === 'requests')
    return netlinkStep(
      { outside: work.place === 'host', protocol: NETLINK_ROUTE, requests: work.requests },
      { purpose },
    )
  const details: StepDetails = { purpose, optional: work.isOptional }
  if (work.place === 'container') return writeStep(`/proc/sys/net/${work.name}`, work.value, details)
  const path = work.name.slice(OUTSIDE_SETTINGS.length)
  return step({ op: 'write-outside', path, content: Buffer.from(work.value) }, details)
}

const OUTSIDE_SETTINGS = 'ipv6/conf/'
const DNS_BACKLOG = 128

function dnsSteps(dns: DnsSockets | undefined): readonly LaunchStep[] {
  if (dns === undefined) return []
  redirect ??= netlinkStep(
    { outside: false, protocol: NETLINK_NETFILTER, requests: dnsRedirect() },
    { purpose: 'lead DNS to the embedded server' },
  )
  return [
    redirect,
    dnsSocketStep(dns.udpSocket, { type: SOCK_DGRAM, backlog: 0 }),
    dnsSocketStep(dns.tcpSocket, { type: SOCK_STREAM, backlog: DNS_BACKLOG }),
  ]
}

/** The same for every container. */
let redirect: LaunchStep | undefined

function dnsSocketStep(
  name: string,
  { type, backlog }: { readonly type: number; readonly backlog: number },
): LaunchStep {
  const request = holdPayload({
    ...{ name, netns: undefined, family: AF_INET, type, backlog },
    address: EMBEDDED_DNS_BYTES,
    port: EMBEDDED_DNS_PORT,
    reuseAddress: true,
    ipv6Only: false,
  }).finish()
  return step({ op: 'hold-socket', request }, { purpose: 'bind the socket of the embedded DNS server' })
}
