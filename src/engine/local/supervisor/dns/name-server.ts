import { closeSync } from 'node:fs'
import { socketInNetns } from '../../../../linux/socket-in-netns.ts'
import type { LiveDns, LiveRecord } from '../../state/live-record.ts'
import type { Clock } from '../clock.ts'
import type { KeeperPort, LentSocket } from '../keeper-port.ts'
import { linkedNames } from './linked-names.ts'
import type { NameIndex, Neighbour } from './name-index.ts'
import type { ClientView, Order, Report, SocketWish } from './orders.ts'
import type { EntrustedServer, ServerHooks, ServerProcess } from './server-process.ts'
import { type Upstream, upstreamAt } from './upstreams.ts'

export interface NameServerOptions {
  readonly keeper: Pick<KeeperPort, 'lend'>
  readonly clock: Clock
  readonly names: NameIndex
  /** The host's resolvers as of now: the same array until they change. */
  readonly hostUpstreams: () => readonly Upstream[]
  /** Returns the containers of other projects on a network: the same array until something has changed. */
  readonly neighboursOn: (network: string) => readonly Neighbour[]
  /** Whether a container of another project is on a network. */
  readonly isShared: (network: string) => boolean
  /** Brings `names` up to date with what is on disk of the project. */
  readonly refresh: () => void
  /** Starts the program, or goes on with one that an earlier supervisor has started. */
  readonly start: (hooks: ServerHooks, taken: EntrustedServer | undefined) => Promise<ServerProcess>
  /**
   * Returns a descriptor that is readable once what is told of these networks may have changed on disk; the caller owns it. Undefined:
   * there is none to be had.
   */
  readonly openChanges: (networks: readonly string[]) => number | undefined
  readonly onError: (error: unknown) => void
}

/** A container whose queries are answered until it is disposed of. */
export interface ServedContainer extends Disposable {
  /** Rejects where they cannot be: it is tried again with the next start of the program. */
  readonly begun: Promise<void>
  /** Has later queries answered by what the container sees from now on. */
  see(live: LiveRecord): void
}

/** Between the start of a program that ended by itself and the start of the next. */
const RESTART_MS = 1000
/** How many sockets a container's queries to its own upstreams get at a time; they are used again. */
const SOCKETS_AT_ONCE = 16

/**
 * Has the queries of containers answered, by one process for all of a project: tells it what names there are and who may see
 * which, and starts it again if it ends. The keeper continues to hold the sockets, in which queries wait meanwhile.
 */
export class NameServer implements Disposable {
  readonly #options: NameServerOptions
  readonly #clients = new Map<number, LiveRecord>()
  #running: RunningServer | undefined
  #taken: EntrustedServer | undefined
  #cancelRestart: (() => void) | undefined
  #isFlushing = false
  #lastId = 0

  constructor(options: NameServerOptions) {
    this.#options = options
    options.names.onChange = () => this.#flushLater()
  }

  /** Goes on with the program of an earlier supervisor once there is a container to serve, and owns its descriptor. */
  resume(taken: EntrustedServer): void {
    this.#taken = taken
  }

  /** Answers what the container of `live` asks, which has a DNS server. */
  serve(live: LiveRecord): ServedContainer {
    const client = ++this.#lastId
    this.#clients.set(client, live)
    this.refreshNeighbours()
    return {
      begun: this.#begin(client),
      see: changed => this.#change(client, changed),
      [Symbol.dispose]: () => this.#remove(client),
    }
  }

  [Symbol.dispose](): void {
    this.#clients.clear()
    this.#cancelRestart?.()
    this.#running?.process?.end()
    this.#running = undefined
    if (this.#taken !== undefined) closeSync(this.#taken.fd)
    this.#taken = undefined
  }

  /**
   * Whether there is something of which nothing tells while nobody is here: what is new of the containers of another project, and
   * that a container lacks sockets for upstreams of its own.
   */
  get isNeeded(): boolean {
    const hasOwnUpstreams = [...this.#clients.values()].some(({ dns }) => (dns?.upstreams.length ?? 0) > 0)
    return hasOwnUpstreams || this.#networks().some(this.#options.isShared)
  }

  /**
   * Has the program answer by what it was told by now, and others keep what tells of changes and its line, so that it goes on when
   * this process has ended. Returns whether it does.
   */
  async handOver(entrust: (name: string, fd: number) => Promise<unknown>): Promise<boolean> {
    const running = this.#running
    if (running === undefined) return this.#clients.size === 0
    const { process } = running
    if (process === undefined || !this.isSettled) return false
    const changes = this.#options.openChanges(this.#networks())
    if (changes === undefined) return false
    try {
      await entrust('changes', changes)
    } finally {
      closeSync(changes)
    }
    // What has changed before they were watched.
    this.#catchUp(running, process)
    process.send([...this.#options.names.takeChanges(), { kind: 'rest' }])
    await entrust(process.id, process.fd)
    return this.isSettled
  }

  /** The program asks again what is new. */
  takeBack(): void {
    this.#running?.process?.send([{ kind: 'wake' }])
  }

  /** Everything that there is to tell has been told and sent. */
  get isSettled(): boolean {
    if (this.#running === undefined) return this.#clients.size === 0
    const { process, isServing, additions } = this.#running
    return isServing && additions === 0 && process?.isSettled === true
  }

  /** Looks for what is new of other projects, and tells it. */
  refreshNeighbours(): void {
    const { names, neighboursOn } = this.#options
    for (const network of this.#networks()) names.setNeighbours(network, neighboursOn(network))
  }

  #networks(): readonly string[] {
    const endpoints = [...this.#clients.values()].flatMap(live => live.endpoints)
    return [...new Set(endpoints.map(({ networkName }) => networkName))]
  }

  async #begin(client: number): Promise<void> {
    const running = this.#running
    if (running === undefined) await this.#start()
    else if (running.process !== undefined) await this.#addClient(running, running.process, client)
  }

  /** Of a container that the program has not been told of yet it is told as it is then. */
  #change(client: number, live: LiveRecord): void {
    if (!this.#clients.has(client)) return
    this.#clients.set(client, live)
    this.refreshNeighbours()
    const order: Order = { ...viewOf(client, live, this.#options.names), kind: 'view' }
    this.#running?.process?.send([...this.#options.names.takeChanges(), order])
  }

  /** Those who come while it starts are told of with all others. */
  async #start(): Promise<void> {
    const taken = this.#taken
    const running: RunningServer = {
      // One that runs for some time, and is started again at once.
      startedAt: taken === undefined ? this.#options.clock.now() : 0,
      ...{ process: undefined, upstreams: undefined, isServing: false, additions: 0 },
    }
    this.#running = running
    this.#taken = undefined
    try {
      const hooks: ServerHooks = {
        onReport: report => this.#answer(running, report),
        onEnd: () => this.#hasEnded(running),
      }
      const process = await this.#options.start(hooks, taken)
      if (this.#running === running) await this.#tellAll(running, process)
      else process.end()
    } catch (error) {
      if (this.#running === running) this.#startLater(RESTART_MS)
      throw error
    }
  }

  async #tellAll(running: RunningServer, process: ServerProcess): Promise<void> {
    process.send(this.#options.names.takeAll())
    this.#tellUpstreams(running, process)
    running.process = process
    await Promise.all([...this.#clients.keys()].map(client => this.#tryClient(running, process, client)))
    process.send([{ kind: 'serve' }])
    running.isServing = true
  }

  #tryClient(running: RunningServer, process: ServerProcess, client: number): Promise<void> {
    return this.#addClient(running, process, client).catch(this.#options.onError)
  }

  async #addClient(running: RunningServer, process: ServerProcess, client: number): Promise<void> {
    running.additions++
    try {
      await this.#tellClient(process, client)
    } finally {
      running.additions--
    }
  }

  async #tellClient(process: ServerProcess, client: number): Promise<void> {
    const { udp, tcp } = await this.#borrow(this.#clients.get(client)?.dns)
    const live = this.#clients.get(client)
    if (live === undefined) {
      for (const fd of [udp, tcp]) closeSync(fd)
      return
    }
    const order: Order = { ...viewOf(client, live, this.#options.names), kind: 'client' }
    process.send([...this.#options.names.takeChanges(), order], [udp, tcp])
  }

  async #borrow(dns: LiveDns | undefined): Promise<{ readonly udp: number; readonly tcp: number }> {
    const { udpSocket = '', tcpSocket = '' } = dns ?? {}
    const lent = await this.#options.keeper.lend(commonPrefix(udpSocket, tcpSocket))
    const [udp, tcp] = [udpSocket, tcpSocket].map(name => lent.find(socket => socket.name === name))
    const isWhole = udp !== undefined && tcp !== undefined
    closeAll(lent.filter(socket => !isWhole || (socket !== udp && socket !== tcp)))
    if (isWhole) return { udp: udp.fd, tcp: tcp.fd }
    const missing = udp === undefined ? udpSocket : tcpSocket
    throw new Error(`Cannot serve DNS on "${missing}": the keeper holds no such socket`)
  }

  #remove(client: number): void {
    if (!this.#clients.delete(client)) return
    this.#running?.process?.send([{ kind: 'forget-client', client }])
  }

  /** What changes in one turn goes at once. */
  #flushLater(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    queueMicrotask(() => {
      this.#isFlushing = false
      this.#flush()
    })
  }

  /** A server that is not there yet is told everything. */
  #flush(): void {
    const process = this.#running?.process
    const changes = process === undefined ? [] : this.#options.names.takeChanges()
    if (changes.length > 0) process?.send(changes)
  }

  #tellUpstreams(running: RunningServer, process: ServerProcess): void {
    const upstreams = this.#options.hostUpstreams()
    if (upstreams === running.upstreams) return
    running.upstreams = upstreams
    process.send([{ kind: 'upstreams', upstreams }])
  }

  #answer(running: RunningServer, report: Report): void {
    const { process } = running
    if (process === undefined) return
    if (report.kind === 'sockets') process.send([report], this.#socketsOf(report))
    else this.#synchronize(running, process, report.serial)
  }

  /** Something that cannot be read keeps nobody waiting. */
  #synchronize(running: RunningServer, process: ServerProcess, serial: number): void {
    try {
      this.#catchUp(running, process)
    } catch (error) {
      this.#options.onError(error)
    }
    const changes: readonly Order[] = this.#options.names.takeChanges()
    process.send([...changes, { kind: 'synced', serial }])
  }

  #catchUp(running: RunningServer, process: ServerProcess): void {
    this.#options.refresh()
    this.refreshNeighbours()
    this.#tellUpstreams(running, process)
  }

  /** Without any the queries fail when their time is over. */
  #socketsOf({ client, family, type }: SocketWish): readonly number[] {
    const netns = this.#clients.get(client)?.netns
    const sockets: number[] = []
    if (netns === undefined) return sockets
    try {
      while (sockets.length < SOCKETS_AT_ONCE) sockets.push(socketInNetns(netns, { family, type }))
    } catch (error) {
      this.#options.onError(error)
    }
    return sockets
  }

  #hasEnded(running: RunningServer): void {
    if (this.#running !== running) return
    this.#options.onError(new Error('The name server has ended by itself, and is started again'))
    this.#startLater(Math.max(0, running.startedAt + RESTART_MS - this.#options.clock.now()))
  }

  #startLater(ms: number): void {
    this.#running = undefined
    this.#cancelRestart = this.#options.clock.after(ms, () => {
      this.#cancelRestart = undefined
      if (this.#running === undefined && this.#clients.size > 0) this.#start().catch(this.#options.onError)
    })
  }
}

function viewOf(client: number, { dns, endpoints }: LiveRecord, names: NameIndex): ClientView {
  const { upstreams = [], links = new Map<string, string>(), forward = true } = dns ?? {}
  const networks = endpoints.map(({ networkName }) => networkName)
  return {
    ...{ client, forwards: forward },
    networks: networks.map(network => names.numberOf(network)),
    links: linkedNames(links, networks),
    upstreams: upstreams.length === 0 ? undefined : upstreams.map(upstreamAt),
  }
}

interface RunningServer {
  readonly startedAt: number
  /** Undefined until it has been told what names there are. */
  process: ServerProcess | undefined
  /** What it was told of the host's. */
  upstreams: readonly Upstream[] | undefined
  /** It has been told of all containers that there were when it started. */
  isServing: boolean
  /** How many containers it is about to be told of. */
  additions: number
}

function closeAll(sockets: readonly LentSocket[]): void {
  for (const { fd } of sockets) closeSync(fd)
}

function commonPrefix(a: string, b: string): string {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return a.slice(0, length)
}
