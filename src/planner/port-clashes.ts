import type { ModelPath } from '../base/model-path.ts'
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
  const seen: FixedPort[] = []
  return services.flatMap(fixedPorts).flatMap(later => {
    const earlier = seen.find(other => isSamePort(other, later))
    seen.push(later)
    const { port, protocol } = later
    return earlier === undefined ? [] : [{ port, protocol, earlier: earlier.use, later: later.use }]
  })
}

interface FixedPort {
  readonly hostIp: string | undefined
  readonly port: number
  readonly protocol: PortMapping['protocol']
  readonly use: PortUse
}

function fixedPorts({ config, replicas }: DesiredService): readonly FixedPort[] {
  if (config.networkMode.kind !== 'networks') return []
  return config.ports.flatMap(({ hostIp, published, protocol, origin }) => {
    if (published === undefined || published.from !== published.to) return []
    const use = { service: config.name, origin }
    const fixed = { hostIp, port: published.from, protocol, use }
    // Two stand for any number of replicas.
    return new Array<FixedPort>(Math.min(replicas, 2)).fill(fixed)
  })
}

function isSamePort(a: FixedPort, b: FixedPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && sharesAddress(a.hostIp, b.hostIp)
}

/** Every address holds each one of its family. */
function sharesAddress(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true
  return isIpv6(a) === isIpv6(b) && [a, b].some(address => EVERY_ADDRESS.includes(address))
}

const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::']

function isIpv6(address: string): boolean {
  return address.includes(':')
}
