import type { ProjectName } from '../../../model/names.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { LiveRecord } from '../state/live-record.ts'
import type { RecordStore } from '../state/record-store.ts'
import type { ForwardedPort } from './firewall-rules.ts'

/** Which ports of the project are published: read from the live records once, then kept here. */
export class PortForwards {
  readonly #load: () => Map<string, readonly ForwardedPort[]>
  #routes: Map<string, readonly ForwardedPort[]> | undefined

  constructor(roots: Roots, project: ProjectName, store: Pick<RecordStore, 'record'>) {
    this.#load = () => {
      const routes = new Map<string, readonly ForwardedPort[]>()
      for (const id of store.record.containers.keys()) {
        const live = readLiveRecord(containerLayout(roots, project, id).live)
        if (live !== undefined) routes.set(id, routesOf(live))
      }
      return routes
    }
  }

  set(containerId: string, live: Pick<LiveRecord, 'ports' | 'endpoints'>): void {
    this.#current().set(containerId, routesOf(live))
  }

  remove(containerId: string): void {
    this.#current().delete(containerId)
  }

  /** Returns the routes of all containers, sorted, so that equal states give equal tables. */
  all(): readonly ForwardedPort[] {
    return [...this.#current().values()]
      .flat()
      .toSorted((a, b) => a.hostPort - b.hostPort || (a.hostIp < b.hostIp ? -1 : 1))
  }

  #current(): Map<string, readonly ForwardedPort[]> {
    this.#routes ??= this.#load()
    return this.#routes
  }
}

/**
 * Traffic goes to the address on the network with the default route, or else on the first: that of its own family, where
 * the container has one.
 */
function routesOf({ ports, endpoints }: Pick<LiveRecord, 'ports' | 'endpoints'>): readonly ForwardedPort[] {
  const ipv4 = (endpoints.find(({ gateway }) => gateway !== undefined) ?? endpoints[0])?.ipv4Address
  const ipv6 = (endpoints.find(endpoint => endpoint.ipv6?.gateway !== undefined) ?? endpoints[0])?.ipv6
    ?.address
  return ports.flatMap(port => {
    const containerAddress = port.hostIp.includes(':') ? (ipv6 ?? ipv4) : (ipv4 ?? ipv6)
    return containerAddress === undefined ? [] : [{ ...port, containerAddress }]
  })
}
