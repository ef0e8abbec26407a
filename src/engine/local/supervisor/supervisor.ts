import { readdirSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { openChanges } from '../../../linux/change-descriptor.ts'
import { type ProjectName, parseContainerId } from '../../../model/names.ts'
import { EventLog } from '../state/event-log.ts'
import { eventsPath } from '../state/event-record.ts'
import { containerLayout, networkLayout, projectLayout, type Roots } from '../state/layout.ts'
import { watchReattachments } from '../state/reattachment-notice.ts'
import type { Clock } from './clock.ts'
import { ContainerWatch, type WatchContext } from './container-watch.ts'
import { NameIndex } from './dns/name-index.ts'
import { NameServer, type NameServerOptions } from './dns/name-server.ts'
import { SharedNames } from './dns/shared-names.ts'
import { HostUpstreams } from './dns/upstreams.ts'
import type { FirewallGuard, FirewallWatchOptions } from './firewall-watch.ts'
import { type OutputPipe, openOutputPipe } from './health/output-pipe.ts'
import type { KeeperPort } from './keeper-port.ts'
import { LogPacker } from './log-packer.ts'
import { OneOffSweeps } from './one-off-sweeps.ts'
import { PortRelays, type PortRelaysOptions } from './relay/port-relays.ts'
import { type EntrustedSockets, Rest, type RestOptions, takeEntrusted } from './rest.ts'

export interface SupervisorOptions {
  readonly roots: Roots
  readonly project: ProjectName
  readonly keeper: KeeperPort
  readonly clock: Clock
  /** Takes one line for each thing that went wrong and ended nothing. */
  readonly report: (line: string) => void
  /** @default pipe2(2) */
  readonly openPipe?: () => OutputPipe
  /** Has one-offs removed that have ended and are to go; returns at once. @default they are left */
  readonly sweep?: () => void
  /** Starts the program that answers DNS; see `NameServer`. @default nothing answers */
  readonly startNameServer?: NameServerOptions['start']
  /** Starts the program that relays ports; see `PortRelays`. @default they are not relayed */
  readonly startRelay?: PortRelaysOptions['start']
  /** Keeps the firewall as it should be until disposed. @default not watched */
  readonly watchFirewall?: (
    hooks: Pick<FirewallWatchOptions, 'onRestored' | 'onError' | 'socket'>,
  ) => FirewallGuard
  /** How to rest while there is nothing to decide. @default it never rests */
  readonly rest?: RestOptions
}

/** Between the end of the last container and the start of its successor the supervisor waits this long. */
const LINGER_MS = 2000
/** The first container may take longer to come than a successor. */
const FIRST_LINGER_MS = 10_000
/** After that many looks at what does not run, what was removed meanwhile is forgotten: nothing tells of a removal. */
const LOOKS_BETWEEN_PRUNES = 256

/**
 * Resolves names, checks health and restarts containers until none lives and none is to be started again, until the keeper is to
 * start it again when something happens, or the keeper is gone. Everything it knows comes from the project's run folder, so it may be
 * killed and started at any time.
 */
export async function runSupervisor(options: SupervisorOptions): Promise<void> {
  const { keeper } = options
  const entrusted = await takeEntrusted(keeper)
  // From here on commands leave it to this process to write down ends, so what they have written is there to be read.
  const supervisor = new Supervisor(options)
  await keeper.subscribe(event => supervisor.look(event.id))
  supervisor.start(entrusted)
  await Promise.race([supervisor.finished, keeper.closed])
  supervisor.dispose()
}

class Supervisor {
  readonly #options: SupervisorOptions
  readonly #context: WatchContext
  readonly #watches = new Map<string, ContainerWatch>()
  readonly #relays: PortRelays
  readonly #sharedNames: SharedNames
  readonly #nameServer: NameServer
  readonly #idle = Promise.withResolvers<void>()
  #cancelLinger: (() => void) | undefined
  #lingerMs = FIRST_LINGER_MS
  #firewall: FirewallGuard | undefined
  #networks: Disposable | undefined
  #rest: Rest | undefined
  #isRefreshing = false
  #looksUnpruned = 0

  constructor(options: SupervisorOptions) {
    const { roots, project, keeper, clock, report, openPipe = openOutputPipe, sweep = () => {} } = options
    const { startRelay: start = noRelay, startNameServer = noNameServer } = options
    const leasesOf = (network: string) => networkLayout(roots, network).leases
    const upstreams = new HostUpstreams()
    const names = new NameIndex()
    this.#options = options
    this.#relays = new PortRelays({
      ...{ keeper, clock, start },
      onError: error => this.#context.report('port relay', error),
    })
    this.#sharedNames = new SharedNames(roots, project)
    this.#nameServer = new NameServer({
      ...{ keeper, clock, names, start: startNameServer },
      hostUpstreams: () => upstreams.current(),
      neighboursOn: network => this.#sharedNames.on(network),
      isShared: network => this.#sharedNames.isShared(network),
      refresh: () => this.#refresh(),
      openChanges: networks => this.#openChanges([...networks.map(leasesOf), ...upstreams.paths]),
      onError: error => this.#context.report('name server', error),
    })
    this.#context = {
      keeper,
      clock,
      names,
      nameServer: this.#nameServer,
      events: new EventLog(eventsPath(projectLayout(roots, project))),
      openPipe,
      packer: new LogPacker(clock),
      sweeps: new OneOffSweeps(clock, sweep),
      relays: this.#relays,
      report: (about, error) => report(`${about}: ${error instanceof Error ? error.message : String(error)}`),
      onChange: () => this.#watchIdleness(),
    }
  }

  get finished(): Promise<void> {
    return this.#idle.promise
  }

  start(entrusted: EntrustedSockets): void {
    if (entrusted.names !== undefined) this.#nameServer.resume(entrusted.names)
    this.#lookAtAll()
    this.#watchIdleness()
    this.#watchFirewall(entrusted.firewall)
    this.#watchNetworks()
    this.#sharedNames
      .watch(() => this.#nameServer.refreshNeighbours())
      .catch(error => this.#context.report('names of other projects', error))
    const { keeper, clock, rest } = this.#options
    if (rest === undefined) return
    this.#rest = new Rest({
      ...{ ...rest, keeper, clock, firewall: this.#firewall, names: this.#nameServer },
      neededAt: () => this.#neededAt(),
      onRest: () => this.#idle.resolve(),
      onError: error => this.#context.report('rest', error),
    })
  }

  look(id: string): void {
    if (!CONTAINER_ID.test(id)) return
    this.#postponeRest()
    const watch = this.#watches.get(id) ?? this.#addWatch(id)
    watch.look()
  }

  dispose(): void {
    // First of all: what goes with the watches is not to be told to a name server that goes on.
    this.#nameServer[Symbol.dispose]()
    this.#cancelLinger?.()
    this.#rest?.[Symbol.dispose]()
    for (const watch of this.#watches.values()) watch.dispose()
    this.#firewall?.[Symbol.dispose]()
    this.#networks?.[Symbol.dispose]()
    this.#relays[Symbol.dispose]()
    this.#sharedNames[Symbol.dispose]()
  }

  /** Without a container it is about to end for good. */
  #neededAt(): number {
    const times = [...this.#watches.values()].map(watch => watch.neededAt)
    return this.#cancelLinger === undefined && !this.#nameServer.isNeeded ? Math.min(...times) : 0
  }

  #openChanges(paths: readonly string[]): number | undefined {
    const { roots, project } = this.#options
    try {
      return openChanges([projectLayout(roots, project).containersRunDir, ...paths])
    } catch (error) {
      // The user watches as much as the kernel allows.
      if (['EMFILE', 'ENOSPC'].includes(errnoNameOf(error) ?? '')) return undefined
      throw error
    }
  }

  /** That someone asks for a name is nothing that happens to the project. */
  #refresh(): void {
    this.#isRefreshing = true
    try {
      this.#lookAtAll()
    } finally {
      this.#isRefreshing = false
    }
  }

  #postponeRest(): void {
    if (!this.#isRefreshing) this.#rest?.postpone()
  }

  #watchFirewall(socket: number | undefined): void {
    const { report, events, clock } = this.#context
    const onError = (error: unknown) => report('firewall', error)
    const onRestored = (found: string) =>
      events.append({ ...OF_THE_PROJECT, action: 'firewall', time: clock.now(), attributes: { found } })
    try {
      this.#firewall = this.#options.watchFirewall?.({ onError, onRestored, socket })
    } catch (error) {
      onError(error)
    }
  }

  #watchNetworks(): void {
    const { roots, project } = this.#options
    const layout = projectLayout(roots, project)
    this.#networks = watchReattachments(layout, {
      onNotice: () => {
        for (const watch of this.#watches.values()) watch.look()
      },
      onError: error => this.#context.report('networks', error),
    })
    // What was said before anybody listened.
    for (const watch of this.#watches.values()) watch.look()
  }

  #addWatch(id: string): ContainerWatch {
    const { roots, project } = this.#options
    const watch = new ContainerWatch(id, containerLayout(roots, project, parseContainerId(id)), this.#context)
    this.#watches.set(id, watch)
    this.#looksUnpruned += 1
    if (this.#looksUnpruned > LOOKS_BETWEEN_PRUNES) this.#forgetRemoved(this.#containerIds())
    return watch
  }

  /** Looks at the containers that are not known to run: the keeper reports what a running one does. */
  #lookAtAll(): void {
    const ids = this.#containerIds()
    for (const id of ids) {
      if (this.#watches.get(id)?.isRunning !== true) this.look(id)
    }
    this.#forgetRemoved(ids)
  }

  #forgetRemoved(ids: readonly string[]): void {
    this.#looksUnpruned = 0
    this.#context.names.forgetOthers(new Set(ids))
  }

  #containerIds(): readonly string[] {
    try {
      const folder = projectLayout(this.#options.roots, this.#options.project).containersRunDir
      return readdirSync(folder).filter(name => CONTAINER_ID.test(name))
    } catch {
      // There is no folder before the first container and after the last.
      return []
    }
  }

  /** A watch with nothing to do goes: another one finds all that it knew. */
  #watchIdleness(): void {
    this.#postponeRest()
    for (const [id, watch] of this.#watches) if (!watch.isBusy) this.#watches.delete(id)
    if (this.#watches.size > 0) {
      this.#cancelLinger?.()
      this.#cancelLinger = undefined
      this.#lingerMs = LINGER_MS
    } else {
      this.#cancelLinger ??= this.#options.clock.after(this.#lingerMs, () => this.#finishIfIdle())
    }
  }

  #finishIfIdle(): void {
    this.#cancelLinger = undefined
    this.#lookAtAll()
    if (this.#watches.size === 0) this.#idle.resolve()
  }
}

const noRelay: PortRelaysOptions['start'] = () =>
  Promise.reject(new Error('Cannot relay ports: there is no program for it'))

const noNameServer: NameServerOptions['start'] = () =>
  Promise.reject(new Error('Cannot answer DNS: there is no program for it'))

/** The place of a container in an event that is about none. */
const OF_THE_PROJECT = { id: '', service: '', number: 0 }

const CONTAINER_ID = /^[0-9a-f]{64}$/
