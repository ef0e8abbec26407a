import { existsSync, readFileSync } from 'node:fs'
import { assertNever } from '../../../base/assert-never.ts'
import { writeVolatileRecord } from '../../../disk/record-file.ts'
import { killCgroup } from '../../../linux/cgroup/remove-cgroup.ts'
import { tagOf } from '../../../model/log-target.ts'
import type { HealthProbe } from '../../../model/observed-state.ts'
import { restartReason } from '../../../model/restart-reason.ts'
import {
  type ExitRecord,
  type PidRecord,
  type ProcessState,
  readProcessState,
} from '../../../runtime/keeper/process-files.ts'
import { endEvent } from '../state/end-event.ts'
import { endedRun } from '../state/ended-run.ts'
import type { EventLog } from '../state/event-log.ts'
import type { EventRecord } from '../state/event-record.ts'
import { isProbeTest } from '../state/health-state.ts'
import { innerProcess } from '../state/inner-process.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { lentFileOf } from '../state/lent-file.ts'
import { readHealthRecord, readLiveRecord, requireSoundLiveRecord } from '../state/live-files.ts'
import type { HealthRecord, LiveRecord, ResolvedHealthcheck } from '../state/live-record.ts'
import { markRunningStopped } from '../state/mark-stopped.ts'
import { isPaused } from '../state/pause-mark.ts'
import type { Clock } from './clock.ts'
import type { NameIndex } from './dns/name-index.ts'
import type { NameServer, ServedContainer } from './dns/name-server.ts'
import { LogPattern } from './health/log-pattern.ts'
import { type HealthMonitor, monitorHealth } from './health/monitor-health.ts'
import type { OutputPipe } from './health/output-pipe.ts'
import { runProbe } from './health/run-probe.ts'
import { withChildren } from './health/with-children.ts'
import type { KeeperPort } from './keeper-port.ts'
import type { LogPacker } from './log-packer.ts'
import { MemoryKills } from './memory-kills.ts'
import type { OneOffSweeps } from './one-off-sweeps.ts'
import type { PortRelays } from './relay/port-relays.ts'
import { RelayedPorts } from './relay/relayed-ports.ts'
import { Restarter } from './restarter.ts'

const SIGKILL = 9

/** What the watches of a project share. */
export interface WatchContext {
  readonly keeper: KeeperPort
  readonly clock: Clock
  readonly names: NameIndex
  readonly nameServer: Pick<NameServer, 'serve'>
  readonly events: EventLog
  readonly openPipe: () => OutputPipe
  readonly packer: LogPacker
  readonly sweeps: OneOffSweeps
  readonly relays: Pick<PortRelays, 'add'>
  /** Takes an error that ends nothing. */
  readonly report: (about: string, error: unknown) => void
  /** Called whenever `isBusy` of a watch may have changed. */
  readonly onChange: () => void
}

/**
 * Does for one container what its live record asks for: names and DNS and health checks while it runs, restarts by its
 * policy when it has ended. All it knows comes from the container's files; `look` may be called at any time and any
 * number of times.
 */
export class ContainerWatch {
  readonly #id: string
  readonly #layout: ContainerLayout
  readonly #context: WatchContext
  readonly #restarter: Restarter
  readonly #memoryKills: MemoryKills
  #run: ActiveRun | undefined
  #cancelSweep: (() => void) | undefined

  constructor(id: string, layout: ContainerLayout, context: WatchContext) {
    this.#id = id
    this.#layout = layout
    this.#context = context
    this.#memoryKills = new MemoryKills(layout.memoryKills)
    this.#restarter = new Restarter({
      id,
      layout,
      keeper: context.keeper,
      clock: context.clock,
      report: error => this.#report(error),
      onRestarted: count => this.#noteRestart(count),
      lookAgain: () => this.look(),
    })
  }

  get isRunning(): boolean {
    return this.#run !== undefined
  }

  /** The container lives, is to be started again, or is to go. */
  get isBusy(): boolean {
    return this.isRunning || this.#restarter.isBusy || this.#cancelSweep !== undefined
  }

  /**
   * When something is to be done for it that no event announces, milliseconds since the epoch: 0 for what is under way and must
   * not end, and for what only this process knows.
   */
  get neededAt(): number {
    const isSettled = this.#restarter.isWritten && this.#memoryKills.isWritten
    if (this.#restarter.isBusy || this.#cancelSweep !== undefined || !isSettled) return 0
    return this.#run === undefined ? Number.POSITIVE_INFINITY : neededAt(this.#run)
  }

  /** Compares the files with what is being done, and does what is missing. Never throws. */
  look(): void {
    if (this.#restarter.isLaunching) return
    this.#attempt(() => this.#reconcile())
    this.#context.onChange()
  }

  dispose(): void {
    this.#leaveRun()
    this.#restarter.forget()
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
  }

  #reconcile(): void {
    const state = readProcessState(this.#layout)
    const last = this.#run
    if (state.kind !== 'running') this.#leaveRun()
    // A record that cannot be read does not mean that the container was removed: what is done for it while it runs continues.
    const live = requireSoundLiveRecord(this.#layout.live)
    if (live === undefined) {
      this.#afterRemoval(last, state)
      return
    }
    if (state.kind !== 'running') this.#context.names.set(live, false)
    if (state.kind !== 'none') this.#restarter.forget()
    switch (state.kind) {
      case 'running':
        this.#enterRun(live, state.process)
        break
      case 'ended':
        this.#afterEnd(live, state.process, state.exit)
        break
      case 'none':
        this.#restarter.resume()
        break
      case 'lost':
        break
      default:
        assertNever(state)
    }
  }

  #afterRemoval(last: ActiveRun | undefined, state: ProcessState): void {
    this.dispose()
    this.#nameHalted()
    if (last === undefined) {
      this.#tellHalted(state)
      return
    }
    const attributes: Record<string, string> =
      state.kind === 'ended' ? { exitCode: String(state.exit.exitCode) } : {}
    this.#emit(last.live, { action: 'die', time: this.#context.clock.now(), attributes })
  }

  /** The end of one that was stopped while no supervisor lived; one that was told is not told again. */
  #tellHalted(state: ProcessState): void {
    const halted = state.kind === 'ended' ? readLiveRecord(this.#layout.halted) : undefined
    if (state.kind !== 'ended' || halted === undefined) return
    this.#attempt(() => this.#context.events.append(endEvent(halted, state)))
  }

  /** One that was stopped keeps its names until it is removed. */
  #nameHalted(): void {
    const { names } = this.#context
    if (names.isHalted(this.#id)) return
    const halted = readLiveRecord(this.#layout.halted)
    if (halted === undefined) names.delete(this.#id)
    else names.set(halted, false)
  }

  #enterRun(live: LiveRecord, process: PidRecord): void {
    if (this.#run?.process.startedAt === process.startedAt && this.#run.process.pid === process.pid) {
      this.#followNetworks(this.#run, live)
      return
    }
    this.#leaveRun()
    const tasks = new DisposableStack()
    const relays = tasks.use(new RelayedPorts(this.#context.relays, error => this.#report(error)))
    this.#publishNames(live, tasks)
    this.#run = { live, process, tasks, relays, dns: this.#startDns(live, tasks) }
    relays.set(live.relays)
    this.#attempt(() => this.#startHealth(live, process, tasks))
    this.#packLogs(live, tasks)
    this.#forwardLog(live, process, tasks)
    this.#attempt(() => this.#restarter.afterStart())
    this.#emitStart(live, process)
  }

  /** Its networks may be others although its process is the same. */
  #followNetworks(run: ActiveRun, live: LiveRecord): void {
    if (run.live.reattachedAt === live.reattachedAt) return
    this.#run = { ...run, live }
    this.#context.names.set(live, true)
    run.dns?.see(live)
    run.relays.set(live.relays)
  }

  #leaveRun(): void {
    this.#run?.tasks.dispose()
    this.#run = undefined
  }

  #publishNames(live: LiveRecord, tasks: DisposableStack): void {
    const { names } = this.#context
    names.set(live, true)
    tasks.defer(() => names.delete(live.id))
  }

  #startDns(live: LiveRecord, tasks: DisposableStack): ServedContainer | undefined {
    if (live.dns === undefined) return undefined
    const served = tasks.use(this.#context.nameServer.serve(live))
    served.begun.catch(error => this.#report(error))
    return served
  }

  #startHealth(live: LiveRecord, process: PidRecord, tasks: DisposableStack): void {
    const { health: check } = live
    if (check === undefined) return
    const record = readHealthRecord(this.#layout.health, process)
    const monitor = tasks.use(
      monitorHealth({
        clock: this.#context.clock,
        check,
        record,
        isPaused: () => isPaused(this.#layout),
        probe: this.#probeOf(check, { live, process, tasks }),
        onRecord: (next, previous) => this.#keepHealth(live, next, previous),
      }),
    )
    if (this.#run !== undefined) this.#run = { ...this.#run, monitor }
    if (record.status === 'unhealthy') this.#reactToHealth(live)
  }

  #probeOf(
    { test, timeoutMs }: ResolvedHealthcheck,
    { live, process, tasks }: Pick<ActiveRun, 'live' | 'process' | 'tasks'>,
  ): (signal: AbortSignal) => Promise<HealthProbe> {
    const { keeper, clock, openPipe } = this.#context
    if (!isProbeTest(test)) {
      const request = readFileSync(this.#layout.healthLaunch)
      const paused = () => isPaused(this.#layout)
      const { runtime } = live
      return signal =>
        runProbe({
          keeper: runtime === undefined ? keeper : withChildren(keeper),
          ...{ clock, request, timeoutMs, openPipe, signal, isPaused: paused },
        })
    }
    const pattern =
      test.kind === 'log'
        ? tasks.use(new LogPattern(this.#layout.log, test.pattern, process.startedAt))
        : undefined
    return async signal => {
      const pid = innerProcess(this.#layout, process)?.pid ?? NO_PROCESS
      // Loaded only where it is asked for.
      const { runEngineProbe } = await import('./health/engine-probe.ts')
      return runEngineProbe({ clock, test, pid, timeoutMs, pattern, signal })
    }
  }

  #packLogs({ packsLogs }: LiveRecord, tasks: DisposableStack): void {
    if (packsLogs !== true) return
    const { packer } = this.#context
    tasks.use(packer.keepPacked({ path: this.#layout.log, onError: error => this.#report(error) }))
  }

  #forwardLog({ id, name, forward }: LiveRecord, { pid }: PidRecord, tasks: DisposableStack): void {
    if (forward === undefined) return
    const { target, image, fields, after } = forward
    const origin = { id, name, image, pid, tag: tagOf(target.tag, { id, name, image }), fields }
    const begun = import('./forward/forward-log.ts').then(({ forwardLog }) =>
      forwardLog({
        ...{ target, origin, logPath: this.#layout.log, markPath: this.#layout.forwarded },
        first: { number: after + 1, position: 0 },
        onError: error => this.#report(error),
      }),
    )
    begun.catch(error => this.#report(error))
    tasks.defer(() => void begun.then(forwarding => forwarding[Symbol.dispose]()).catch(() => {}))
  }

  #keepHealth(live: LiveRecord, record: HealthRecord, previous: HealthRecord): void {
    this.#attempt(() => writeVolatileRecord(this.#layout.health, record))
    if (record.status === previous.status) return
    const attributes = { status: record.status }
    this.#emit(live, { action: 'health', time: this.#context.clock.now(), attributes })
    if (record.status === 'unhealthy') this.#reactToHealth(live)
  }

  /** The record of its health says why it ends, to this supervisor and the next. */
  #reactToHealth({ id, onUnhealthy }: LiveRecord): void {
    if (onUnhealthy === undefined || this.#run === undefined) return
    this.#run = { ...this.#run, isEnding: true }
    const { keeper, clock } = this.#context
    if (onUnhealthy.kind === 'stop') this.#attempt(() => markRunningStopped(this.#layout))
    const send = (signal: number): void => void keeper.signal(id, signal).catch(() => {})
    send(onUnhealthy.signal)
    this.#run.tasks.defer(clock.after(onUnhealthy.graceMs, () => send(SIGKILL)))
  }

  #afterEnd(live: LiveRecord, process: PidRecord | undefined, exit: ExitRecord): void {
    if (live.sharesPids === true || live.runtime !== undefined)
      this.#attempt(() => killCgroup({ version: live.cgroups.length === 1 ? 2 : 1, folders: live.cgroups }))
    // A run may be over before it is seen; a start that was told already is not told again.
    if (process !== undefined) this.#emitStart(live, process)
    const memory = this.#memoryKills.attributesOf(exit.exitCode, live.cgroups)
    const wasOutOfMemory = memory['oomKilled'] !== undefined
    const restartAt = this.#restarter.afterEnd({
      ...endedRun(this.#layout, live, process),
      exit,
      wasOutOfMemory,
    })
    const plan: Record<string, string> = restartAt === undefined ? {} : { restartAt: String(restartAt) }
    const ranMs = process === undefined ? 0 : exit.finishedAt - process.startedAt
    const execDuration = String(Math.floor(Math.max(0, ranMs) / 1000))
    const attributes = { execDuration, exitCode: String(exit.exitCode), ...plan, ...memory }
    this.#emit(live, { action: 'die', time: exit.finishedAt, attributes })
    if (restartAt === undefined) this.#returnInterfaces().catch(error => this.#report(error))
    this.#planSweep(live)
  }

  /** What moves interfaces is loaded only where a container has some of the host. */
  async #returnInterfaces(): Promise<void> {
    const { netns } = this.#layout
    if (!existsSync(lentFileOf(netns))) return
    const { returnInterfaces } = await import('../network/lent-interfaces.ts')
    returnInterfaces(netns)
  }

  #planSweep({ id, removedAfterMs: afterMs }: LiveRecord): void {
    if (afterMs === undefined) return
    const isGone = () => !existsSync(this.#layout.live)
    this.#cancelSweep ??= this.#context.sweeps.plan({ id, afterMs, isGone }, () => {
      this.#cancelSweep = undefined
      this.#context.onChange()
    })
  }

  #noteRestart(count: number): void {
    const live = readLiveRecord(this.#layout.live)
    if (live === undefined) return
    this.#emit(live, {
      action: 'restart',
      time: this.#context.clock.now(),
      attributes: { count: String(count) },
    })
  }

  #emitStart(live: LiveRecord, { startedAt }: PidRecord): void {
    const { count, cause } = this.#restarter.restarts
    const attributes =
      count === 0 || cause === undefined
        ? {}
        : { restartCount: String(count), restartReason: restartReason(cause) }
    this.#emit(live, { action: 'start', time: startedAt, attributes })
  }

  #emit(live: LiveRecord, { attributes, ...occurrence }: Occurrence): void {
    const { id, service, number, name } = live
    const event = { ...occurrence, id, service, number, attributes: { name, ...attributes } }
    this.#attempt(() => this.#context.events.append(event))
  }

  /** What fails for one part of a container does not keep the others from it. */
  #attempt(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#report(error)
    }
  }

  #report(error: unknown): void {
    this.#context.report(`container ${this.#id.slice(0, 12)}`, error)
  }
}

/** What is looked for in it is not found, so the probe fails. */
const NO_PROCESS = 0

/** A process of the container, and what is done while it runs. */
interface ActiveRun {
  readonly live: LiveRecord
  readonly process: PidRecord
  readonly tasks: DisposableStack
  readonly relays: RelayedPorts
  /** Undefined where it has no DNS server. */
  readonly dns: ServedContainer | undefined
  /** Of its health, if that is checked. */
  readonly monitor?: HealthMonitor
  /** It is being ended, since it is unhealthy. @default false */
  readonly isEnding?: boolean
}

function neededAt({ live, monitor, isEnding = false }: ActiveRun): number {
  const { relays = [], packsLogs = false, forward } = live
  if (relays.length > 0 || packsLogs || forward !== undefined || isEnding) return 0
  if (monitor !== undefined) return monitor.dueAt ?? 0
  // A check that could not be set up is tried again by the next start of this program only.
  return Number.POSITIVE_INFINITY
}

type Occurrence = Pick<EventRecord, 'action' | 'time' | 'attributes'>
