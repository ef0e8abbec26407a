import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder, readIfPresent } from '../../../../disk/record-file.ts'
import { removeTree } from '../../../../disk/remove-tree.ts'
import type { Cgroup } from '../../../../linux/cgroup/cgroup.ts'
import { createCgroup } from '../../../../linux/cgroup/create-cgroup.ts'
import { DEFAULT_DEVICE_RULES } from '../../../../linux/cgroup/device-rules.ts'
import { dissolveCgroup } from '../../../../linux/cgroup/dissolve-cgroup.ts'
import { removeEmptyParents } from '../../../../linux/cgroup/remove-cgroup.ts'
import type { ExtraHost } from '../../../../model/extra-host.ts'
import type { RunOperation } from '../../../../planner/build/build-graph.ts'
import type { KeeperConnection } from '../../../../runtime/keeper/keeper-connection.ts'
import type { KeeperPlace, startKeeper } from '../../../../runtime/keeper/start-keeper.ts'
import { type EngineHost, readEngineHost } from '../../host/engine-host.ts'
import type { EnginePrograms } from '../../host/engine-programs.ts'
import type { Owner } from '../../network/kernel-name.ts'
import { instanceTag, mountPoint, type Roots } from '../../state/layout.ts'
import { buildHostsText, buildResolvConf } from './run-etc-files.ts'
import { SessionAgents } from './session-agents.ts'
import { ownerOfSession, type RunSessionLayout, runSessionLayout } from './session-layout.ts'
import type { NetworkMaker, SessionNetwork } from './session-network.ts'
import { StubLayers } from './stub-layers.ts'

/** What the steps of one session share, and how it is made. */
export interface SessionPartsOptions {
  readonly roots: Roots
  readonly programs: EnginePrograms
  readonly name: string
  readonly extraHosts: readonly ExtraHost[]
  readonly startKeeper: typeof startKeeper
  readonly networks: NetworkMaker
}

/** The network of a step, and the files that belong to it. */
export interface StepNetwork {
  /** The namespace's file; undefined is the host's network. */
  readonly netns: string | undefined
  readonly hosts: string
  readonly resolvConf: string
}

/** A keeper, control groups and networks: each is made when a step first needs it. Disposal removes all. */
export class SessionParts implements AsyncDisposable {
  readonly layout: RunSessionLayout
  readonly host: EngineHost
  readonly agents: SessionAgents
  readonly stubs: StubLayers
  readonly #options: SessionPartsOptions
  readonly #owner: Owner
  readonly #cgroups = new Map<RunOperation['security'], Cgroup>()
  readonly #networks = new Map<RunOperation['network'], StepNetwork>()
  readonly #made: SessionNetwork[] = []
  readonly #removals: Promise<void>[] = []
  #keeper: Promise<KeeperConnection> | undefined

  constructor(options: SessionPartsOptions) {
    this.#options = options
    this.#owner = { tag: instanceTag(options.roots), project: ownerOfSession(options.name) }
    this.layout = runSessionLayout(options.roots, options.name)
    this.host = readEngineHost(options.programs)
    makePrivateFolder(this.layout.folder)
    makePrivateFolder(mountPoint(options.roots))
    this.stubs = new StubLayers(this.layout.folder)
    this.agents = new SessionAgents(this.layout.folder, () => this.keeper())
  }

  keeper(): Promise<KeeperConnection> {
    const { keeperSocket: socketPath, keeperLock: lockPath, keeperLog: logPath } = this.layout
    const place: KeeperPlace = { binary: this.#options.programs.keeper, socketPath, lockPath, logPath }
    this.#keeper ??= this.#options.startKeeper(place)
    return this.#keeper
  }

  cgroup(security: RunOperation['security']): Cgroup {
    const known = this.#cgroups.get(security)
    if (known !== undefined) return known
    const made = createCgroup(this.host.cgroups, {
      ...this.#owner,
      id: security,
      service: 'build',
      limits: NO_LIMITS,
      devices: security === 'insecure' ? undefined : DEFAULT_DEVICE_RULES,
    })
    this.#cgroups.set(security, made)
    return made
  }

  network(mode: RunOperation['network']): StepNetwork {
    const known = this.#networks.get(mode)
    if (known !== undefined) return known
    const made = this.#makeNetwork(mode)
    this.#networks.set(mode, made)
    return made
  }

  /** Removes a folder of the session's while it goes on. It is gone when the session is disposed. */
  removeLater(path: string): void {
    const removal = rm(path, { recursive: true, force: true })
    removal.catch(() => undefined)
    this.#removals.push(removal)
  }

  /** Whatever cannot be removed, all else is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await using last = new AsyncDisposableStack()
    last.defer(() => removeTree(this.layout.folder))
    last.defer(async () => void (await Promise.all(this.#removals)))
    const networks = Promise.all(this.#made.map(network => network[Symbol.asyncDispose]()))
    networks.catch(() => undefined)
    last.defer(async () => void (await networks))
    last.defer(() => this.#removeCgroups())
    await this.#endKeeper()
  }

  /** Without a connection it ends all that it runs, and then itself. */
  async #endKeeper(): Promise<void> {
    using keeper = await this.#keeper?.catch(() => undefined)
    if (keeper === undefined || keeper.hasEnded) return
    await keeper.quit()
    await keeper.closed
  }

  async #removeCgroups(): Promise<void> {
    for (const cgroup of this.#cgroups.values()) await dissolveCgroup(cgroup)
    removeEmptyParents(this.host.cgroups, this.#owner)
  }

  #makeNetwork(mode: RunOperation['network']): StepNetwork {
    const network = this.#namespace(mode)
    const gateway = mode === 'host' ? '127.0.0.1' : network?.gateway
    const hostText = readIfPresent('/etc/resolv.conf') ?? ''
    return {
      netns: network?.netns,
      hosts: this.#write(`${mode}.hosts`, buildHostsText(this.#options.extraHosts, gateway)),
      resolvConf: this.#write(
        `${mode}.resolv.conf`,
        mode === 'host'
          ? hostText
          : buildResolvConf({ resolvConf: hostText, upstream: upstreamResolvConf() }),
      ),
    }
  }

  #namespace(mode: RunOperation['network']): SessionNetwork | undefined {
    if (mode === 'host') return undefined
    const { networks } = this.#options
    const made =
      mode === 'none'
        ? networks.isolated(this.#owner, this.layout.isolatedNetns)
        : networks.outward(this.#owner, this.layout.netns)
    this.#made.push(made)
    return made
  }

  /** Every user of a container reads it. */
  #write(name: string, text: string): string {
    const path = join(this.layout.folder, name)
    writeFileSync(path, text, { mode: 0o644 })
    return path
  }
}

function upstreamResolvConf(): string | undefined {
  return readIfPresent('/run/systemd/resolve/resolv.conf')
}

const NO_LIMITS = {
  memory: undefined,
  memoryReservation: undefined,
  memorySwap: undefined,
  cpus: undefined,
  cpuShares: undefined,
  cpuset: undefined,
  pids: undefined,
}
