import type { LiveEndpoint, LiveRecord } from '../../src/engine/local/state/live-record.ts'
import type { ContainerEntry } from '../../src/engine/local/state/project-record.ts'

/** Returns the record of a container of `shop` that was started, on no network but for `changes`. */
export function aLiveRecord({ id, spec }: ContainerEntry, changes: Partial<LiveRecord> = {}): LiveRecord {
  return {
    version: 1,
    id,
    project: 'shop',
    service: spec.service,
    number: spec.number,
    name: spec.name,
    netns: undefined,
    endpoints: [],
    ports: [],
    dns: undefined,
    health: undefined,
    restart: { kind: 'no' },
    cgroups: [],
    ...changes,
  }
}

/** Returns an endpoint on the network `shop_default`. */
export function aLiveEndpoint(changes: Partial<LiveEndpoint> = {}): LiveEndpoint {
  return {
    network: 'default',
    networkName: 'shop_default',
    ipv4Address: '10.1.0.2',
    prefixLength: 24,
    gateway: '10.1.0.1',
    macAddress: '02:00:00:00:00:01',
    interfaceName: 'eth0',
    hostInterface: 'veth0',
    aliases: [],
    ...changes,
  }
}
