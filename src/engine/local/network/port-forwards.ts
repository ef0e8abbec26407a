import type { ProjectName } from '../../../model/names.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { LiveRecord } from '../state/live-record.ts'
import type { RecordStore } from '../state/record-store.ts'
import { wayTo } from './container-address.ts'
import type { ForwardedPort } from './firewall-rules.ts'

/** Which ports of the project are published: read from the live records once, then kept here. */
export class PortForwards {
  readonly #load: () => Map<string, readonly ForwardedPort[]>
  readonly #removed: ForwardedPort[] = []
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

  /** Takes over what the live records say, by container, unless they were read before. */
  know(lives: ReadonlyMap<string, Pick<LiveRecord, 'ports' | 'endpoints'>>): void {
    this.#routes ??= new Map([...lives].map(([id, live]) => [id, routesOf(live)]))
  }

  set(containerId: string, live: Pick<LiveRecord, 'ports' | 'endpoints'>): void {
    this.#current().set(containerId, routesOf(live))
  }

  remove(containerId: string): void {
    this.#removed.push(...(this.#current().get(containerId) ?? []))
    this.#current().delete(containerId)
  }

  /** Returns the routes that were removed since the last call. */
  takeRemoved(): readonly ForwardedPort[] {
    return this.#removed.splice(0)
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

function routesOf({ ports, endpoints }: Pick<LiveRecord, 'ports' | 'endpoints'>): readonly ForwardedPort[] {
  return ports.flatMap(port => {
    const way = wayTo(port.hostIp, endpoints)
    return way === undefined ? [] : [{ ...port, containerAddress: way.address }]
  })
}
