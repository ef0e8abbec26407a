import { assertNever } from '../../../base/assert-never.ts'
import { type ModelPath, servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import { isSameReplica, shortId } from '../../../model/names.ts'
import type { NetworkAttachment } from '../../../model/network.ts'
import type { LaunchStep } from '../../../runtime/launch/launch-op.ts'
import { dnsAliases } from '../container/dns-aliases.ts'
import { addressesOf, addressesOfEndpoint } from '../network/address-allocator.ts'
import { connectionSteps, dnsSocketsOf } from '../network/connection-steps.ts'
import {
  type ConnectedEndpoint,
  type ConnectRequest,
  type EndpointRequest,
  type PresentInterfaces,
  planEndpoints,
} from '../network/endpoint.ts'
import { findExternalNetwork } from '../network/external-network.ts'
import type { NetworkRecord } from '../network/network-record.ts'
import { containerLayout, projectLayout } from '../state/layout.ts'
import type { LiveDns, LiveEndpoint } from '../state/live-record.ts'
import { type ContainerEntry, readProjectRecord } from '../state/project-record.ts'
import { containerOwners } from '../user-namespace/container-owners.ts'
import { type ApplyContext, containerOf, requireNetwork } from './apply-context.ts'
import { type FoundContainer, findContainer } from './find-container.ts'
import { requireNamedNetwork } from './joined-containers.ts'

/** The network that a container's process is born into. */
export interface ContainerNetwork {
  /** The namespace's file; undefined is the host's network. */
  readonly netns: string | undefined
  /** In the order in which their names count. */
  readonly endpoints: readonly LiveEndpoint[]
  readonly dns: LiveDns | undefined
  /** Where the host is: its addresses on the container's networks, one of each family at most. */
  readonly hostGateways: readonly string[]
  /** What makes the namespace; none where it is another's. */
  readonly steps: readonly LaunchStep[]
  /** Of the networks that it is connected to. */
  readonly records: readonly NetworkRecord[]
  /** The container whose namespace, names, hosts and resolver files this one shares. */
  readonly sharedWith: FoundContainer | undefined
}

/**
 * Returns how a container is connected, and the steps in which its process makes its network namespace; or the one that
 * it shares.
 *
 * @throws {TcomposeError} `network`, `address-in-use` and the like.
 */
export async function connectNetwork(
  context: ApplyContext,
  entry: ContainerEntry,
): Promise<ContainerNetwork> {
  const mode = entry.spec.config.networkMode
  switch (mode.kind) {
    case 'host':
      return { ...HOST_NETWORK, sharedWith: undefined }
    case 'none':
      return ownNamespace(context, entry, [])
    case 'networks':
      return ownNamespace(context, entry, mode.attachments)
    case 'service':
      return sharedNamespace(context, firstReplica(context, mode.service))
    case 'container':
      return sharedNamespace(context, requireNamedNetwork(context.roots, entry.spec, mode.container))
    default:
      return assertNever(mode)
  }
}

const HOST_NETWORK: Omit<ContainerNetwork, 'sharedWith'> = {
  netns: undefined,
  endpoints: [],
  dns: undefined,
  hostGateways: [],
  steps: [],
  records: [],
}

async function ownNamespace(
  context: ApplyContext,
  entry: ContainerEntry,
  attachments: readonly NetworkAttachment[],
): Promise<ContainerNetwork> {
  const planned = await planAttachments(context, { entry, attachments })
  const { request, endpoints, hostGateways, forward } = planned
  const { project, roots } = context
  const { dns, links } = entry.spec.config
  const owner = containerOwners(roots, { project, id: entry.id }, entry.spec.config)
  const sockets = attachments.length === 0 ? undefined : dnsSocketsOf(entry.id)
  return {
    ...{ netns: request.netnsPath, endpoints, hostGateways },
    dns: sockets && {
      ...sockets,
      upstreams: dns.servers,
      forward,
      ...(links && { links: withReplicas(context, links) }),
    },
    records: request.endpoints.map(({ record }) => record),
    steps: connectionSteps({ id: entry.id, request, endpoints: planned.made, owner, dns: sockets }),
    sharedWith: undefined,
  }
}

/** As with Docker, a service that is linked has names for its containers of then, too: `db-1`, `db-2` and so on. */
function withReplicas(
  { store }: ApplyContext,
  links: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const linked = new Set(links.values())
  const replicas = [...store.record.containers.values()].filter(
    ({ phase, spec }) => phase !== 'removing' && spec.slug === undefined && linked.has(spec.service),
  )
  return new Map([
    ...replicas.map(({ spec: { service, number, name } }) => [`${service}-${number}`, name] as const),
    ...links,
  ])
}

/** How a container will be attached to networks that are there. */
export interface PlannedAttachments {
  readonly request: ConnectRequest
  /** In the order of the request. */
  readonly made: readonly ConnectedEndpoint[]
  /** The same in the order in which their names count. */
  readonly endpoints: readonly LiveEndpoint[]
  readonly hostGateways: readonly string[]
  /** A network has a way out. */
  readonly forward: boolean
}

interface Attaching {
  readonly entry: ContainerEntry
  readonly attachments: readonly NetworkAttachment[]
  /** @default its network is made */
  readonly present?: PresentEndpoints
}

/** What a container has whose process runs. */
interface PresentEndpoints extends Pick<PresentInterfaces, 'names'> {
  /** Those that stay. */
  readonly endpoints: readonly LiveEndpoint[]
}

/**
 * Returns how a container is attached to networks, whose addresses it has then. What is `present` stays as it is, but for its
 * names and where the default routes go.
 *
 * @throws {TcomposeError} `network`, `address-in-use` and the like.
 */
export async function planAttachments(
  context: ApplyContext,
  { entry, attachments, present = { endpoints: [], names: new Set() } }: Attaching,
): Promise<PlannedAttachments> {
  const { tag, project, roots } = context
  const { netns: netnsPath } = containerLayout(roots, project, entry.id)
  const kept = new Map(present.endpoints.map(endpoint => [endpoint.network, endpoint]))
  const { networkNames } = entry.spec
  const ordered = attachments
    .map(attachment => ({ attachment, record: networkOf(context, networkNames, attachment.network) }))
    .toSorted(compareInterfaces)
  const requests: EndpointRequest[] = []
  for (const each of ordered)
    requests.push(
      await endpointRequest(context, { ...each, entry, present: kept.get(each.attachment.network) }),
    )
  const made = planEndpoints(requests, { kept, names: present.names })
  const attached = ordered.flatMap(({ attachment }, index) => {
    const endpoint = made[index]
    const wanted = requests[index]
    if (endpoint === undefined || wanted === undefined) return []
    const aliases = aliasesOn(context, entry.spec, attachment)
    return [{ endpoint: { ...endpoint, aliases }, request: wanted }]
  })
  attached.sort((a, b) => compareWays(a.request, b.request))
  return {
    request: { tag, project, container: shortId(entry.id), netnsPath, endpoints: requests },
    made,
    endpoints: attached.map(({ endpoint }) => endpoint),
    hostGateways: hostGateways(attached.map(({ request: { record } }) => record)),
    forward: made.some(({ gateway, ipv6 }) => gateway !== undefined || ipv6?.gateway !== undefined),
  }
}

/** The host has the gateway of a bridge, not that of another network which it is on as well. */
function hostGateways(records: readonly NetworkRecord[]): readonly string[] {
  const bridges = records.filter(({ bridge }) => bridge !== undefined)
  const first = [
    bridges.find(({ ipv4 }) => ipv4 !== undefined)?.ipv4,
    bridges.find(({ ipv6 }) => ipv6 !== undefined)?.ipv6,
  ]
  return first.flatMap(subnet => (subnet === undefined ? [] : [subnet.gateway]))
}

interface Attached {
  readonly attachment: NetworkAttachment
  readonly record: NetworkRecord
}

/** As with Docker, among equals an internal network comes last. */
function compareInterfaces(a: Attached, b: Attached): number {
  return (
    b.attachment.priority - a.attachment.priority ||
    Number(a.record.network.internal) - Number(b.record.network.internal) ||
    (a.attachment.network < b.attachment.network ? -1 : 1)
  )
}

/** As with Docker, names on networks with a way out count before those on internal ones. */
function compareWays(a: EndpointRequest, b: EndpointRequest): number {
  const [one, other] = [a.record.network, b.record.network]
  return (
    b.gatewayPriority - a.gatewayPriority ||
    Number(one.internal) - Number(other.internal) ||
    (one.name < other.name ? -1 : 1)
  )
}

interface EndpointSource extends Attached {
  readonly entry: ContainerEntry
  /** The endpoint that it has, and keeps. */
  readonly present: LiveEndpoint | undefined
}

async function endpointRequest(
  context: ApplyContext,
  { entry: { id, spec }, attachment, record, present }: EndpointSource,
): Promise<EndpointRequest> {
  const { macAddress, interfaceName, gatewayPriority, linkLocalAddresses, sysctls } = attachment
  const { service, name } = spec
  const aliases = aliasesOn(context, spec, attachment)
  const holder = { container: id, service, name, aliases, ...(spec.isUnaliased && { isUnaliased: true }) }
  const wanted = present === undefined ? addressesOf(attachment) : addressesOfEndpoint(present)
  const addresses = await context.addresses.allocate({ network: record, wanted, ...holder }).catch(error => {
    throw error instanceof TcomposeError ? error.at(originOfAddress(service, attachment)) : error
  })
  return {
    record,
    addresses,
    macAddress,
    interfaceName,
    gatewayPriority,
    ...(linkLocalAddresses && { linkLocalAddresses }),
    ...(sysctls && { sysctls }),
  }
}

function originOfAddress(
  service: string,
  { network, ipv4Address, ipv6Address }: NetworkAttachment,
): ModelPath {
  const key = ipv4Address === undefined ? 'ipv6_address' : 'ipv4_address'
  return ipv4Address === undefined && ipv6Address === undefined
    ? servicePath(service, 'networks', network)
    : servicePath(service, 'networks', network, key)
}

function aliasesOn(
  { project }: ApplyContext,
  spec: ContainerSpec,
  { aliases }: NetworkAttachment,
): readonly string[] {
  if (spec.preStart !== undefined) return []
  return dnsAliases(spec, { project, declared: spec.isUnaliased ? [] : aliases })
}

/** A network that the record does not have is one that another project made. */
function networkOf(context: ApplyContext, names: ReadonlyMap<string, string>, key: string): NetworkRecord {
  const entry = context.store.record.networks.get(key)
  if (entry !== undefined && entry.joined !== true) return requireNetwork(context, key)
  return findExternalNetwork(context.roots, { key, name: names.get(key) ?? key })
}

function firstReplica(context: ApplyContext, service: string): FoundContainer {
  return { project: context.project, entry: containerOf(context, { service, number: 1 }) }
}

/** The owner of the namespace may share that of another in its turn. */
function sharedNamespace(
  context: ApplyContext,
  target: FoundContainer,
  passed: ReadonlySet<string> = new Set(),
): ContainerNetwork {
  const { project, entry } = target
  const { spec, id } = entry
  const mode = spec.config.networkMode
  if (mode.kind === 'service' || mode.kind === 'container') {
    const next = sharedOwner(context, target)
    if (next !== undefined && !passed.has(next.entry.id))
      return sharedNamespace(context, next, new Set([...passed, id]))
    throw new TcomposeError(
      'network',
      `Cannot join the network of container "${spec.name}": it has none of its own`,
      {
        hint: 'Write the name of the container whose network it shares',
        origin: servicePath(spec.service, 'network_mode'),
      },
    )
  }
  if (mode.kind === 'host') return { ...HOST_NETWORK, sharedWith: target }
  const { netns } = containerLayout(context.roots, project, id)
  return { ...HOST_NETWORK, netns, sharedWith: target }
}

function sharedOwner(context: ApplyContext, { project, entry }: FoundContainer): FoundContainer | undefined {
  const { roots } = context
  const mode = entry.spec.config.networkMode
  if (mode.kind === 'container') return findContainer(roots, mode.container)
  if (mode.kind !== 'service') return undefined
  if (project === context.project) return firstReplica(context, mode.service)
  const record = readProjectRecord(projectLayout(roots, project).record, project)
  const newest = [...record.containers.values()]
    .filter(({ spec }) => isSameReplica(spec, { service: mode.service, number: 1 }))
    .toSorted((one, other) => other.createdAt - one.createdAt)[0]
  return newest === undefined ? undefined : { project, entry: newest }
}
