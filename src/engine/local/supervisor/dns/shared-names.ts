import { statSync } from 'node:fs'
import { type ProjectName, parseContainerId, parseProjectName } from '../../../../model/names.ts'
import { readProcessState } from '../../../../runtime/keeper/process-files.ts'
import { containerLayout, networkLayout, type Roots } from '../../state/layout.ts'
import { type AddressLease, readLeases } from '../../state/network-leases.ts'
import type { Neighbour, Neighbours } from './name-index.ts'

/** How long what was read of a network is taken to be so: names follow a start or an end within 100 ms. */
const FRESH_MS = 20

/** The containers of other projects on the networks that they share with `project`. */
export class SharedNames implements Neighbours {
  readonly #roots: Roots
  readonly #project: ProjectName
  readonly #now: () => number
  readonly #known = new Map<string, KnownNetwork>()

  /** `now` tells the time in milliseconds. */
  constructor(roots: Roots, project: ProjectName, now: () => number = () => performance.now()) {
    this.#roots = roots
    this.#project = project
    this.#now = now
  }

  on(network: string): readonly Neighbour[] {
    const now = this.#now()
    const known = this.#known.get(network)
    if (known !== undefined && now - known.readAt < FRESH_MS) return known.neighbours
    const read = this.#read(network, known)
    this.#known.set(network, { ...read, readAt: now })
    return read.neighbours
  }

  #read(network: string, known: KnownNetwork | undefined): Omit<KnownNetwork, 'readAt'> {
    const version = versionOf(networkLayout(this.#roots, network).leases)
    const leases = known?.version === version ? known.leases : this.#leasesOn(network)
    const running = leases.map(lease => this.#isRunning(lease))
    const isSame =
      leases === known?.leases && known.neighbours.every((one, index) => one.isRunning === running[index])
    const neighbours = isSame
      ? known.neighbours
      : leases.map((lease, index) => neighbourOf(network, lease, running[index] === true))
    return { version, leases, neighbours }
  }

  #leasesOn(network: string): readonly AddressLease[] {
    return readLeases(this.#roots, network).filter(({ project }) => project !== this.#project)
  }

  #isRunning({ project, container }: AddressLease): boolean {
    const layout = containerLayout(this.#roots, parseProjectName(project), parseContainerId(container))
    return readProcessState(layout).kind === 'running'
  }
}

interface KnownNetwork {
  readonly readAt: number
  readonly version: string
  readonly leases: readonly AddressLease[]
  readonly neighbours: readonly Neighbour[]
}

/** A network's record is replaced by each change, so its inode and time tell whether it is known. */
function versionOf(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false })
  return file === undefined ? 'absent' : `${file.ino} ${file.mtimeMs}`
}

function neighbourOf(networkName: string, lease: AddressLease, isRunning: boolean): Neighbour {
  const { container, name, service, isUnaliased = false, aliases, ipv4Address, ipv6Address } = lease
  const ipv6 = ipv6Address === undefined ? {} : { ipv6: { address: ipv6Address } }
  const endpoint = { networkName, ipv4Address, aliases, ...ipv6 }
  return { id: container, name, service, isUnaliased, endpoint, isRunning }
}
