import { type BoundPort, fixedPort, portsClash } from '../../model/bound-port.ts'
import type { ObservedContainer } from '../../model/observed-state.ts'
import type { DesiredService } from '../desired-state.ts'
import type { ServicePlan } from './service-plan.ts'

/** Knows who holds host ports and who is about to want them. */
export class HostPorts {
  readonly #wanted: PortIndex<string>
  readonly #holders: PortIndex<ObservedContainer>

  constructor(plans: readonly ServicePlan[], containers: readonly ObservedContainer[]) {
    this.#wanted = indexPorts(
      plans
        .filter(({ replicas }) => replicas.some(({ fate }) => fate.kind !== 'keep'))
        .flatMap(({ service }) => fixedPorts(service).map(port => ({ port, user: service.config.name }))),
    )
    this.#holders = indexPorts(
      containers.flatMap(container => container.ports.map(port => ({ port, user: container }))),
    )
  }

  /** Tells whether another service is about to bind a port that `container` holds. */
  isContested(container: ObservedContainer): boolean {
    return container.ports.some(port =>
      usersOf(this.#wanted, port).some(service => service !== container.service),
    )
  }

  /** Returns the containers of other services that hold a port which `service` must have. */
  holdersInTheWayOf(service: DesiredService): readonly ObservedContainer[] {
    return fixedPorts(service)
      .flatMap(port => usersOf(this.#holders, port))
      .filter(container => container.service !== service.config.name)
  }
}

/** A range leaves a choice, so nothing has to free a port for it. */
function fixedPorts({ config }: DesiredService): readonly BoundPort[] {
  return config.ports.flatMap(mapping => fixedPort(mapping) ?? [])
}

interface PortUser<User> {
  readonly port: BoundPort
  readonly user: User
}

/** By port number: few of a number differ in address or protocol. */
type PortIndex<User> = ReadonlyMap<number, readonly PortUser<User>[]>

function indexPorts<User>(users: readonly PortUser<User>[]): PortIndex<User> {
  return Map.groupBy(users, ({ port }) => port.hostPort)
}

function usersOf<User>(index: PortIndex<User>, wanted: BoundPort): readonly User[] {
  return (index.get(wanted.hostPort) ?? []).flatMap(({ port, user }) =>
    portsClash(port, wanted) ? [user] : [],
  )
}
