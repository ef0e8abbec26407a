import { statSync } from 'node:fs'
import { type ProjectName, parseContainerId, parseProjectName } from '../../../../model/names.ts'
import { readProcessState } from '../../../../runtime/keeper/process-files.ts'
import { containerLayout, networkLayout, type Roots } from '../../state/layout.ts'
import { type AddressLease, readLeases } from '../../state/network-leases.ts'
import type { NeighbourNames } from './name-index.ts'

/** The names that containers of other projects have on the networks that they share with `project`. */
export class SharedNames implements NeighbourNames {
  readonly #roots: Roots
  readonly #project: ProjectName
  readonly #known = new Map<string, KnownLeases>()

  constructor(roots: Roots, project: ProjectName) {
    this.#roots = roots
    this.#project = project
  }

  named(network: string, isWanted: (names: readonly string[]) => boolean): readonly string[] {
    return this.#leasesOn(network)
      .filter(lease => isWanted(namesOf(lease)) && this.#isRunning(lease))
      .flatMap(({ ipv4Address }) => ipv4Address ?? [])
  }

  nameOf(network: string, address: string): string | undefined {
    return this.#leasesOn(network).find(lease => lease.ipv4Address === address && this.#isRunning(lease))
      ?.name
  }

  /** A network's record is replaced by each change, so its inode and time tell whether it is known. */
  #leasesOn(network: string): readonly AddressLease[] {
    const file = statSync(networkLayout(this.#roots, network).leases, { throwIfNoEntry: false })
    if (file === undefined) return []
    const version = `${file.ino} ${file.mtimeMs}`
    const known = this.#known.get(network)
    if (known?.version === version) return known.leases
    const leases = readLeases(this.#roots, network).filter(({ project }) => project !== this.#project)
    this.#known.set(network, { version, leases })
    return leases
  }

  #isRunning({ project, container }: AddressLease): boolean {
    const layout = containerLayout(this.#roots, parseProjectName(project), parseContainerId(container))
    return readProcessState(layout).kind === 'running'
  }
}

interface KnownLeases {
  readonly version: string
  readonly leases: readonly AddressLease[]
}

function namesOf({ name, service, container, aliases, isUnaliased }: AddressLease): readonly string[] {
  const names = [name, container.slice(0, 12), ...(isUnaliased ? [] : [service]), ...aliases]
  return names.map(text => text.toLowerCase())
}
