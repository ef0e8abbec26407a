import { servicePath } from '../../base/model-path.ts'
import type { ContainerId } from '../../model/names.ts'
import type { NetworkChange } from '../change.ts'
import type { StepList } from '../step-list.ts'
import { causesOf, type Reattachment } from './reattachment.ts'
import { idsAt } from './resource-steps.ts'

/**
 * Adds a step for each container that leaves a network before it joins another, or before one that it is on is changed:
 * addresses are free by then. Returns their ids.
 */
export function addDisconnections(
  steps: StepList,
  reattachments: readonly Reattachment[],
  networks: ReadonlyMap<string, NetworkChange>,
): ReadonlyMap<ContainerId, number> {
  return new Map(
    reattachments
      .filter(({ disconnect, connect }) => {
        const isChanged = [...disconnect.keys()].some(key => networks.has(key))
        return isChanged || (disconnect.size > 0 && connect.size > 0)
      })
      .map(({ container: { id, name, service }, disconnect }) => {
        const cause = [...new Set(disconnect.values())].join(', ')
        const action = { kind: 'disconnect-container', id, name, networks: [...disconnect.keys()] } as const
        return [id, steps.add(action, { cause, origin: servicePath(service) })]
      }),
  )
}

/** Adds a step for each container that brings its networks in line with the file; returns their ids. */
export function addReattachments(
  steps: StepList,
  reattachments: readonly Reattachment[],
  { left, networks }: ReattachmentPlace,
): ReadonlyMap<ContainerId, number> {
  const isJoining = ({ connect }: Reattachment): boolean => connect.size > 0
  const add = (reattachment: Reattachment, freed: readonly number[]) => {
    const { id } = reattachment.container
    const isLeft = left.has(id)
    const dependsOn = [...freed, ...idsAt(left, [id]), ...idsAt(networks, reattachment.connect.keys())]
    return [id, addReattachment(steps, isLeft ? withoutLeft(reattachment) : reattachment, dependsOn)] as const
  }
  const leaving = reattachments.filter(each => !isJoining(each)).map(each => add(each, []))
  // Who joins with an address of its own may want one that another has had.
  const freed = [...left.values(), ...leaving.map(([, step]) => step)]
  const joining = reattachments.filter(isJoining).map(each => add(each, hasOwnAddress(each) ? freed : []))
  return new Map([...leaving, ...joining])
}

function hasOwnAddress({ spec: { config }, connect }: Reattachment): boolean {
  const { networkMode } = config
  return (
    networkMode.kind === 'networks' &&
    networkMode.attachments.some(
      ({ network, ipv4Address, ipv6Address }) =>
        connect.has(network) && (ipv4Address ?? ipv6Address) !== undefined,
    )
  )
}

interface ReattachmentPlace {
  /** The steps that have taken containers off networks. */
  readonly left: ReadonlyMap<ContainerId, number>
  /** The steps that make networks, by key. */
  readonly networks: ReadonlyMap<string, number>
}

/** What an earlier step has done is not done again; where nothing else is left, it is the cause of the rest. */
function withoutLeft(reattachment: Reattachment): Reattachment {
  const { disconnect, connect, adjust } = reattachment
  if (connect.size > 0 || adjust.size > 0) return { ...reattachment, disconnect: new Map() }
  return { ...reattachment, disconnect: new Map(), adjust: disconnect }
}

function addReattachment(steps: StepList, reattachment: Reattachment, dependsOn: readonly number[]): number {
  const { container, spec, disconnect, connect } = reattachment
  const { id, name, service } = container
  return steps.add(
    {
      ...{ kind: 'reattach-container', id, name, container: spec },
      ...{ disconnect: [...disconnect.keys()], connect: [...connect.keys()] },
    },
    { cause: causesOf(reattachment).join(', '), origin: servicePath(service), dependsOn },
  )
}
