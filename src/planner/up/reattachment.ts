import { parseIpAddress } from '../../base/ip-address.ts'
import type { ContainerSpec } from '../../model/container.ts'
import type { NetworkAttachment } from '../../model/network.ts'
import type { ObservedContainer, ObservedEndpoint } from '../../model/observed-state.ts'
import { canonicalJson, compareText } from '../canonical-json.ts'
import type { NetworkChange } from '../change.ts'
import { changedKeys } from '../changed-keys.ts'

/** What changes of the networks of a container that goes on running; networks are named by their keys. */
export interface Reattachment {
  readonly container: ObservedContainer
  /** What it is from then on. */
  readonly spec: ContainerSpec
  /** Networks that it leaves, with the cause; it may come back to one that was changed. */
  readonly disconnect: ReadonlyMap<string, string>
  readonly connect: ReadonlyMap<string, string>
  /** Networks of which it has other names, or another priority among gateways. */
  readonly adjust: ReadonlyMap<string, string>
}

/** What a container is to be, with the names of what it uses. */
export type ReattachedSpec = Pick<ContainerSpec, 'config' | 'networkNames' | 'volumeNames'>

/** Tells whether `next` differs from what a container was made from in its networks, and in nothing else that can be seen. */
export function differsInNetworksOnly({ spec }: ObservedContainer, next: ReattachedSpec): boolean {
  if (spec === undefined || !isSame(spec.volumeNames, next.volumeNames)) return false
  const keys = changedKeys(spec.config, next.config)
  if (keys.length === 0) return !isSame(spec.networkNames, next.networkNames)
  return keys.every(key => key === 'networks' || key.startsWith('networks.'))
}

/**
 * Returns what brings the networks of a running container in line with `spec` and with the networks that change;
 * undefined if nothing has to be done, or if it takes a new start: another `network_mode`, another order of interfaces, an
 * interface whose name another one has, settings of interfaces that are written when the process starts.
 */
export function reattachmentOf(
  container: ObservedContainer,
  spec: ContainerSpec,
  changes: ReadonlyMap<string, NetworkChange>,
): Reattachment | undefined {
  const old = container.spec && attachmentsOf(container.spec)
  const next = attachmentsOf(spec)
  if (old === undefined || next === undefined || !isChangeable(container, spec)) return undefined
  const found = new Map(container.networks.map(endpoint => [endpoint.network, endpoint]))
  const cases = [...new Set([...found.keys(), ...next.keys()])].sort(compareText).map(key => ({
    ...{ key, endpoint: found.get(key), known: old.get(key), wanted: next.get(key) },
  }))
  const moves = cases.flatMap(each => {
    const cause = causeOfMove(each, { container, spec, changes })
    return cause === undefined ? [] : [{ ...each, cause }]
  })
  const moved = new Set(moves.map(({ key }) => key))
  const kept = cases.filter(({ key }) => !moved.has(key))
  if (kept.some(each => needsStart(each, next))) return undefined
  const adjusted = kept.filter(({ known, wanted }) => !isSame(known, wanted))
  const isSettled = moves.length + adjusted.length === 0
  if (isSettled && spec.configHash === container.spec?.configHash) return undefined
  const byKey = (list: typeof moves): ReadonlyMap<string, string> =>
    new Map(list.map(({ key, cause }) => [key, cause]))
  return {
    container,
    spec,
    disconnect: byKey(moves.filter(({ endpoint }) => endpoint !== undefined)),
    connect: byKey(moves.filter(({ wanted }) => wanted !== undefined)),
    adjust: byKey(adjusted.map(each => ({ ...each, cause: `networks.${each.key} changed` }))),
  }
}

/** A network that a container is on, or is to be on. */
interface AttachmentCase {
  readonly key: string
  readonly endpoint: ObservedEndpoint | undefined
  readonly known: NetworkAttachment | undefined
  readonly wanted: NetworkAttachment | undefined
}

/** One without a readable record of its endpoints has to be made anew. */
function isChangeable({ state, networks, isReattaching }: ObservedContainer, spec: ContainerSpec): boolean {
  if (state.kind !== 'running' || hasInterfaceSettings(spec)) return false
  return networks.length > 0 || isReattaching === true
}

/** The order of interfaces is that of their making, and none that stays gives up its name. */
function needsStart(
  { key, endpoint, known, wanted }: AttachmentCase,
  next: ReadonlyMap<string, NetworkAttachment>,
): boolean {
  if (known?.priority !== wanted?.priority) return true
  const name = endpoint?.interfaceName
  return (
    name !== undefined &&
    [...next.values()].some(other => other.network !== key && other.interfaceName === name)
  )
}

/** Returns why the networks of a container change, each cause once. */
export function causesOf({ disconnect, connect, adjust }: Reattachment): readonly string[] {
  const causes = new Set([...disconnect.values(), ...connect.values(), ...adjust.values()])
  return causes.size === 0 ? ['configuration changed: order or names of networks'] : [...causes]
}

function attachmentsOf({ config }: ContainerSpec): ReadonlyMap<string, NetworkAttachment> | undefined {
  const { networkMode } = config
  if (networkMode.kind !== 'networks' || networkMode.attachments.length === 0) return undefined
  return new Map(networkMode.attachments.map(attachment => [attachment.network, attachment]))
}

/** They are written to the interfaces that are there when a process starts. */
function hasInterfaceSettings({ config }: ContainerSpec): boolean {
  return [...config.sysctls.keys()].some(name => /^net\.ipv[46]\.(conf|neigh)\./.test(name))
}

interface MoveContext {
  readonly container: ObservedContainer
  readonly spec: ContainerSpec
  readonly changes: ReadonlyMap<string, NetworkChange>
}

/** Returns why an endpoint has to be made, or to go, whether or not there is to be one in its place. */
function causeOfMove(
  { key, endpoint, known, wanted }: AttachmentCase,
  { container, spec, changes }: MoveContext,
): string | undefined {
  if (wanted === undefined) return `networks.${key} was removed`
  if (endpoint === undefined)
    return known === undefined ? `networks.${key} was added` : `not attached to network ${key}`
  if (container.isReattaching) return 'its networks were not changed to the end'
  const change = changes.get(key)
  if (change !== undefined) return causeOfChange(change)
  if (container.spec?.networkNames.get(key) !== spec.networkNames.get(key)) return `network ${key} changed`
  return known !== undefined && isMadeAs(endpoint, known, wanted) ? undefined : `networks.${key} changed`
}

/** Returns what a change of a network is to the containers on it. */
export function causeOfChange({ kind, wanted }: NetworkChange): string {
  const { key } = wanted.network
  return kind === 'replace-network' ? `network ${key} changed` : `network ${key} was lost`
}

function isMadeAs(endpoint: ObservedEndpoint, known: NetworkAttachment, wanted: NetworkAttachment): boolean {
  if (isSame(known, wanted)) return true
  return isSame(interfaceOf(known), interfaceOf(wanted)) && hasAddresses(endpoint, wanted)
}

/** What of an attachment an interface is made with, but for its addresses. */
function interfaceOf({ macAddress, interfaceName, sysctls, linkLocalAddresses }: NetworkAttachment): unknown {
  return [macAddress, interfaceName, sysctls, linkLocalAddresses]
}

/** One that the file does not name stays as it is. */
function hasAddresses(endpoint: ObservedEndpoint, { ipv4Address, ipv6Address }: NetworkAttachment): boolean {
  return (
    (ipv4Address === undefined || isSameAddress(ipv4Address, endpoint.ipv4Address)) &&
    (ipv6Address === undefined || isSameAddress(ipv6Address, endpoint.ipv6Address))
  )
}

/** An address of IPv6 is written in more than one way. */
function isSameAddress(one: string, other: string | undefined): boolean {
  const [first, second] = [parseIpAddress(one), parseIpAddress(other ?? '')]
  return first !== undefined && first.family === second?.family && first.value === second.value
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || canonicalJson({ value: one }) === canonicalJson({ value: other })
}
