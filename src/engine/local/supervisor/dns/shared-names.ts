import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ChangeWatcher } from '../../../../disk/change-watcher.ts'
import { type ProjectName, parseContainerId, parseProjectName } from '../../../../model/names.ts'
import { readProcessState } from '../../../../runtime/keeper/process-files.ts'
import {
  type ContainerLayout,
  containerLayout,
  networkLayout,
  projectLayout,
  type Roots,
} from '../../state/layout.ts'
import { type AddressLease, readLeases } from '../../state/network-leases.ts'
import type { Neighbour } from './name-index.ts'

/** The containers of other projects on the networks that they share with `project`. */
export class SharedNames implements Disposable {
  readonly #roots: Roots
  readonly #project: ProjectName
  readonly #known = new Map<string, KnownNetwork>()
  readonly #watcher = new ChangeWatcher()
  readonly #end = new AbortController()
  #watched: ReadonlySet<string> = new Set()

  constructor(roots: Roots, project: ProjectName) {
    this.#roots = roots
    this.#project = project
  }

  /** Returns the containers on `network`, as of now: the same array until something has changed. */
  on(network: string): readonly Neighbour[] {
    const read = this.#read(network, this.#known.get(network))
    this.#known.set(network, read)
    return read.neighbours
  }

  /** Whether a container of another project is on record on `network`: what has been removed may have its lease still. */
  isShared(network: string): boolean {
    this.on(network)
    const leases = this.#known.get(network)?.leases ?? []
    return leases.some(lease => existsSync(this.#layoutOf(lease).runDir))
  }

  /** Calls `onChange` whenever a network of which was asked may have changed, until disposed of. */
  async watch(onChange: () => void): Promise<void> {
    this.#watchAll()
    while (await this.#watcher.changed(this.#end.signal)) {
      // What begins to be watched is looked at after that.
      this.#watchAll()
      onChange()
    }
  }

  [Symbol.dispose](): void {
    this.#end.abort()
    this.#watcher[Symbol.dispose]()
  }

  /**
   * A record of leases is replaced, a folder comes before its files, and the folder of a project may come after its leases: what
   * is there is watched, down to the containers.
   */
  #watchAll(): void {
    const { run } = this.#roots
    const folders = new Set([`${run}/networks`])
    for (const { leases } of this.#known.values())
      for (const { project, container } of leases) {
        const layout = projectLayout(this.#roots, parseProjectName(project))
        for (const path of [dirname(layout.runDir), layout.runDir, layout.containersRunDir]) folders.add(path)
        folders.add(this.#layoutOf({ project, container }).runDir)
      }
    for (const path of this.#watched) if (!folders.has(path)) this.#watcher.remove(path)
    this.#watched = folders
    try {
      for (const path of folders) this.#watcher.add(path)
    } catch {
      // No further watch is to be had of the kernel (inotify(7)).
      this.#watcher.noticeAfter(POLL_MS)
    }
  }

  #read(network: string, known: KnownNetwork | undefined): KnownNetwork {
    const version = versionOf(networkLayout(this.#roots, network).leases)
    const leases = known?.version === version ? known.leases : this.#leasesOn(network)
    const running = leases.map(lease => this.#isRunning(lease))
    const isSame =
      leases === known?.leases && known.neighbours.every((one, index) => one.isRunning === running[index])
    if (leases !== known?.leases) this.#watcher.notice()
    const neighbours = isSame
      ? known.neighbours
      : leases.map((lease, index) => neighbourOf(network, lease, running[index] === true))
    return { version, leases, neighbours }
  }

  #leasesOn(network: string): readonly AddressLease[] {
    return readLeases(this.#roots, network).filter(({ project }) => project !== this.#project)
  }

  #isRunning(lease: AddressLease): boolean {
    return readProcessState(this.#layoutOf(lease)).kind === 'running'
  }

  #layoutOf({ project, container }: Pick<AddressLease, 'project' | 'container'>): ContainerLayout {
    return containerLayout(this.#roots, parseProjectName(project), parseContainerId(container))
  }
}

/** Where nothing tells of a change: names follow a start or an end within 100 ms. */
const POLL_MS = 50

interface KnownNetwork {
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
