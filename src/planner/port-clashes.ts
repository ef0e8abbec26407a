import type { ModelPath } from '../base/model-path.ts'
import { sharesAddress } from '../model/bound-port.ts'
import type { PortMapping, PortRange } from '../model/network.ts'
import type { DesiredService, DesiredState } from './desired-state.ts'

/** An entry of a service's ports for which too few host ports are left. */
export interface PortClash {
  /** Of which `later` needs one. */
  readonly ports: PortRange
  readonly protocol: PortMapping['protocol']
  readonly earlier: PortUse
  /** Of the same entry as `earlier` where a service has several replicas. */
  readonly later: PortUse
}

/** An entry of a service's ports. */
export interface PortUse {
  readonly service: string
  readonly origin: ModelPath
  /** How many containers the service has. */
  readonly replicas: number
}

/**
 * Finds the entries of the selected services that cannot all have a host port: two want the same one, replicas are more
 * than the ports of their range, ranges overlap and leave too few. No host port clashes with nothing.
 */
export function portClashes({ services }: DesiredState): readonly PortClash[] {
  const wishes = services.flatMap(wishesOf)
  const clashes = new Map<ModelPath, PortClash>()
  for (const ofProtocol of Map.groupBy(wishes, ({ protocol }) => protocol).values()) {
    for (const address of addressesOf(ofProtocol)) {
      const rivals = ofProtocol.filter(({ hostIp }) => sharesAddress(hostIp, address))
      for (const clash of unmet(rivals)) {
        if (!clashes.has(clash.later.origin)) clashes.set(clash.later.origin, clash)
      }
    }
  }
  return [...clashes.values()]
}

/** One container's need of a host port. */
interface PortWish {
  /** In the order of the file. */
  readonly place: number
  readonly hostIp: string | undefined
  readonly ports: PortRange
  readonly protocol: PortMapping['protocol']
  readonly use: PortUse
}

function wishesOf({ config, replicas }: DesiredService, service: number): readonly PortWish[] {
  if (config.networkMode.kind !== 'networks') return []
  return config.ports.flatMap(({ published: ports, hostIp, protocol, origin }, entry) => {
    if (ports === undefined || ports.from === 0) return []
    const use = { service: config.name, origin, replicas }
    const wish = { place: service * 2 ** 20 + entry, hostIp, ports, protocol, use }
    // One more than there are ports represents any number of replicas.
    return new Array<PortWish>(Math.min(replicas, ports.to - ports.from + 2)).fill(wish)
  })
}

/** Whoever listens on every address does so on each of these, so what fits on each of them fits. */
function addressesOf(wishes: readonly PortWish[]): readonly string[] {
  return [...new Set(wishes.flatMap(({ hostIp }) => hostIp ?? ['0.0.0.0', '::']))]
}

/**
 * Gives out ports in ascending order, each to the wish whose range ends first: if this leaves a wish without one, every
 * other way does too.
 */
function unmet(wishes: readonly PortWish[]): readonly PortClash[] {
  const coming = wishes.toSorted((a, b) => a.ports.from - b.ports.from || a.place - b.place)
  const waiting: PortWish[] = []
  const clashes: PortClash[] = []
  let next = 0
  for (let port = 0; next < coming.length || waiting.length > 0; port++) {
    if (waiting.length === 0) port = coming[next]?.ports.from ?? port
    for (; coming[next]?.ports.from === port; next++) insert(waiting, coming[next])
    const served = waiting.shift()
    while (served !== undefined && waiting[0]?.ports.to === port) {
      const left = waiting.shift()
      if (left !== undefined) clashes.push(clashOf(served, left))
    }
  }
  return clashes
}

/** Keeps `waiting` sorted by the end of ranges, then by place. */
function insert(waiting: PortWish[], wish: PortWish | undefined): void {
  if (wish === undefined) return
  const at = waiting.findIndex(other => precedes(wish, other))
  waiting.splice(at === -1 ? waiting.length : at, 0, wish)
}

function precedes(a: PortWish, b: PortWish): boolean {
  return a.ports.to < b.ports.to || (a.ports.to === b.ports.to && a.place < b.place)
}

function clashOf(one: PortWish, other: PortWish): PortClash {
  const [earlier, later] = one.place <= other.place ? [one, other] : [other, one]
  return { ports: later.ports, protocol: later.protocol, earlier: earlier.use, later: later.use }
}
