import type { ObservedContainer } from '../../model/observed-state.ts'
import type { DesiredService } from '../desired-state.ts'
import type { ServiceDecision } from './decide-service.ts'

/** Knows who holds host ports and who is about to want them; a port is written `tcp/80`. */
export class HostPorts {
  readonly #wanted: ReadonlyMap<string, ReadonlySet<string>>
  readonly #holders: ReadonlyMap<string, readonly ObservedContainer[]>

  constructor(decisions: readonly ServiceDecision[], containers: readonly ObservedContainer[]) {
    const wanted = decisions
      .filter(({ replicas }) => replicas.some(({ verdict }) => verdict.kind !== 'keep'))
      .flatMap(({ service }) => fixedPorts(service).map(port => [port, service.config.name] as const))
    this.#wanted = grouped(wanted, names => new Set(names))
    const held = containers.flatMap(container => heldPorts(container).map(port => [port, container] as const))
    this.#holders = grouped(held, holders => holders)
  }

  /** Tells whether another service is about to bind a port that `container` holds. */
  isContested(container: ObservedContainer): boolean {
    return heldPorts(container).some(port =>
      [...(this.#wanted.get(port) ?? [])].some(name => name !== container.service),
    )
  }

  /** Returns the containers of other services that hold a port which `service` must have. */
  holdersInTheWayOf(service: DesiredService): readonly ObservedContainer[] {
    return fixedPorts(service)
      .flatMap(port => this.#holders.get(port) ?? [])
      .filter(container => container.service !== service.config.name)
  }
}

function heldPorts({ ports }: ObservedContainer): readonly string[] {
  return ports.map(({ protocol, hostPort }) => `${protocol}/${hostPort}`)
}

/** A range leaves a choice, so nothing has to make way for it. */
function fixedPorts({ config }: DesiredService): readonly string[] {
  return config.ports.flatMap(({ published, protocol }) =>
    published !== undefined && published.from === published.to ? [`${protocol}/${published.from}`] : [],
  )
}

function grouped<Value, Group>(
  pairs: readonly (readonly [string, Value])[],
  collect: (values: readonly Value[]) => Group,
): ReadonlyMap<string, Group> {
  return new Map(
    [...Map.groupBy(pairs, ([key]) => key)].map(([key, group]) => [
      key,
      collect(group.map(([, value]) => value)),
    ]),
  )
}
