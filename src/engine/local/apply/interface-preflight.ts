import { TcomposeError } from '../../../base/tcompose-error.ts'
import { openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { listLinks } from '../../../linux/rtnetlink/link.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { Action } from '../../../planner/action.ts'
import type { Plan } from '../../../planner/plan.ts'
import { findDevices } from '../device/find-devices.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import { interfaceProblem, type LentInterface, lentBelow } from '../network/lent-interfaces.ts'
import type { Roots } from '../state/layout.ts'

/** Where interfaces are looked for. */
export interface InterfacePlace {
  readonly sources: DeviceSources
  readonly roots: Pick<Roots, 'run'>
}

/**
 * Looks for interfaces of the host that containers of `plan` are to have and cannot: those that are not there, that somebody else
 * has or wants too, and those for a container without a network of its own. Devices that cannot be found are told elsewhere.
 */
export async function interfacePreflight(
  plan: Plan,
  { sources, roots }: InterfacePlace,
): Promise<readonly TcomposeError[]> {
  const wishes: Wish[] = []
  for (const { action } of plan.steps) {
    if (action.kind !== 'create-container' || !mayHaveInterfaces(action.container)) continue
    for (const wanted of await interfacesOf(action.container, sources))
      wishes.push({ container: action.container, wanted })
  }
  if (wishes.length === 0) return []
  const freed = new Set(
    plan.steps.flatMap(({ action }) => (givesBack(action) ? [action.id.slice(0, 12)] : [])),
  )
  const place = {
    present: hostInterfaces(),
    lent: lentBelow(roots.run),
    freed,
    takers: new Map<string, string>(),
  }
  return wishes.flatMap(wish => {
    const reason = problemOf(wish, place)
    place.takers.set(wish.wanted.hostName, wish.container.name)
    return reason === undefined ? [] : [interfaceProblem(wish.wanted, reason)]
  })
}

interface Wish {
  readonly container: ContainerSpec
  readonly wanted: LentInterface
}

/** Only a specification names some. */
function mayHaveInterfaces({ config: { devices = [], deviceRequests = [] } }: ContainerSpec): boolean {
  return deviceRequests.length > 0 || devices.some(({ kind }) => kind === 'cdi')
}

async function interfacesOf(
  { config }: ContainerSpec,
  sources: DeviceSources,
): Promise<readonly LentInterface[]> {
  try {
    return (await findDevices(config, sources)).interfaces
  } catch (error) {
    if (error instanceof TcomposeError) return []
    throw error
  }
}

function givesBack(
  action: Action,
): action is Extract<Action, { kind: 'stop-container' | 'remove-container' }> {
  return action.kind === 'stop-container' || action.kind === 'remove-container'
}

function hostInterfaces(): ReadonlySet<string> {
  using socket = openNetlink('route')
  return new Set(listLinks(socket).map(({ name }) => name))
}

interface Interfaces {
  /** On the host. */
  readonly present: ReadonlySet<string>
  /** Short ids of containers by the names of what they have. */
  readonly lent: ReadonlyMap<string, string>
  /** Short ids of containers that give up what they have. */
  readonly freed: ReadonlySet<string>
  /** Names of containers that come before, by the names of what they want. */
  readonly takers: ReadonlyMap<string, string>
}

function problemOf(
  { container: { name, config }, wanted: { hostName, name: inside } }: Wish,
  { present, lent, freed, takers }: Interfaces,
): string | undefined {
  const { networkMode } = config
  if (networkMode.kind === 'host' || networkMode.kind === 'service')
    return `service "${config.name}" has no network namespace of its own`
  const taker = takers.get(hostName)
  if (taker !== undefined) return `container "${taker}" wants it, and so does "${name}"`
  const used = networkMode.kind === 'networks' ? networkMode.attachments : []
  const names = ['lo', ...used.map(({ interfaceName }, index) => interfaceName ?? `eth${index}`)]
  if (names.includes(inside))
    return `it would be "${inside}" in container "${name}", which has an interface of that name`
  const holder = lent.get(hostName)
  if (holder !== undefined && !freed.has(holder)) return `container ${holder} has it`
  return holder === undefined && !present.has(hostName) ? 'it does not exist' : undefined
}
