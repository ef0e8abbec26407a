import type { ModelPath } from '../base/model-path.ts'
import { type BoundPort, fixedPort, portsClash } from '../model/bound-port.ts'
import type { PortMapping } from '../model/network.ts'
import type { DesiredService, DesiredState } from './desired-state.ts'

/** A host port that the plan would have to publish twice. */
export interface PortClash {
  readonly port: number
  readonly protocol: PortMapping['protocol']
  readonly earlier: PortUse
  /** Of the same entry as `earlier` where a service has several replicas. */
  readonly later: PortUse
}

/** An entry of a service's ports. */
export interface PortUse {
  readonly service: string
  readonly origin: ModelPath
}

/**
 * Finds the host ports that two entries of the selected services want, or one entry of a service with several replicas.
 * A range or no host port leaves a choice, so it clashes with nothing.
 */
export function portClashes({ services }: DesiredState): readonly PortClash[] {
  const seen: UsedPort[] = []
  return services.flatMap(usedPorts).flatMap(later => {
    const earlier = seen.find(other => portsClash(other, later))
    seen.push(later)
    const { hostPort: port, protocol } = later
    return earlier === undefined ? [] : [{ port, protocol, earlier: earlier.use, later: later.use }]
  })
}

interface UsedPort extends BoundPort {
  readonly use: PortUse
}

function usedPorts({ config, replicas }: DesiredService): readonly UsedPort[] {
  if (config.networkMode.kind !== 'networks') return []
  return config.ports.flatMap(mapping => {
    const fixed = fixedPort(mapping)
    if (fixed === undefined) return []
    const used = { ...fixed, use: { service: config.name, origin: mapping.origin } }
    // Two represent any number of replicas.
    return new Array<UsedPort>(Math.min(replicas, 2)).fill(used)
  })
}
