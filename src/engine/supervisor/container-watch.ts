import { existsSync, readFileSync } from 'node:fs'
import { assertNever } from '../../base/assert-never.ts'
import type { EventRecord } from '../state/event-record.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { readHealthRecord, readLiveRecord, readRestartRecord } from '../state/live-files.ts'
import type { HealthRecord, LiveRecord, RestartRecord } from '../state/live-record.ts'
import {
  type ExitRecord,
  type PidRecord,
  type ProcessState,
  readProcessState,
  writeFailedLaunch,
} from '../state/process-files.ts'
import { writeVolatileRecord } from '../state/record-file.ts'
import type { Clock } from './clock.ts'
import { Resolver, type ResolverContext, resolverViewOf } from './dns/resolver.ts'
import { serveDns } from './dns/serve-dns.ts'
import { upstreamAt } from './dns/upstreams.ts'
import type { EventLog } from './event-log.ts'
import { monitorHealth } from './health/monitor-health.ts'
import type { OutputPipe } from './health/output-pipe.ts'
import { runProbe } from './health/run-probe.ts'
import type { KeeperPort } from './keeper-port.ts'
import { isPlanned, planRestart } from './restart/plan-restart.ts'

/** What the watches of a project share. */
export interface WatchContext {
  readonly keeper: KeeperPort
  readonly clock: Clock
  readonly resolver: ResolverContext
  readonly events: EventLog
  readonly openPipe: () => OutputPipe
  /** Takes an error that ends nothing. */
  readonly report: (about: string, error: unknown) => void
  /** Called whenever `isBusy` of a watch may have changed. */
  readonly onChange: () => void
}

/** A restart that waits looks this often whether the container was stopped or removed meanwhile. */
const LOOK_AGAIN_MS = 1000
const SIGKILL = 9

/**
 * Does for one container what its live record asks for: names and DNS and health checks while it runs, restarts by its
 * policy when it has ended. All it knows comes from the container's files; `look` may be called at any time and any
 * number of times.
 */
export class ContainerWatch {
  readonly #id: string
  readonly #layout: ContainerLayout
  readonly #context: WatchContext
  #run: ActiveRun | undefined
  #cancelRestart: (() => void) | undefined
  #isLaunching = false

  constructor(id: string, layout: ContainerLayout, context: WatchContext) {
    this.#id = id
    this.#layout = layout
    this.#context = context
  }

  get isRunning(): boolean {
    return this.#run !== undefined
  }

  /** The container lives, or is to be started again. */
  get isBusy(): boolean {
    return this.isRunning || this.#isLaunching || this.#cancelRestart !== undefined
  }

  /** Compares the files with what is being done, and does what is missing. Never throws. */
  look(): void {
    if (this.#isLaunching) return
    this.#attempt(() => this.#reconcile())
    this.#context.onChange()
  }

  dispose(): void {
    this.#leaveRun()
    this.#forgetRestart()
  }

  #reconcile(): void {
    const live = readLiveRecord(this.#layout.live)
    const state = readProcessState(this.#layout)
    if (live === undefined) {
      this.#afterRemoval(state)
      return
    }
    if (state.kind !== 'running') this.#leaveRun()
    if (state.kind !== 'none') this.#forgetRestart()
    switch (state.kind) {
      case 'running':
        this.#enterRun(live, state.process)
        break
      case 'ended':
        this.#afterEnd(live, state.process, state.exit)
        break
      case 'none':
        this.#resumeRestart()
        break
      case 'lost':
        break
      default:
        assertNever(state)
    }
  }

  #afterRemoval(state: ProcessState): void {
    const last = this.#run
    this.dispose()
    const exitCode: Record<string, string> =
      state.kind === 'ended' ? { exitCode: String(state.exit.exitCode) } : {}
    if (last !== undefined)
      this.#emit(last.live, { action: 'die', time: this.#context.clock.now(), attributes: exitCode })
  }

  #enterRun(live: LiveRecord, process: PidRecord): void {
    if (this.#run?.process.startedAt === process.startedAt && this.#run.process.pid === process.pid) return
    this.#leaveRun()
    this.#run = { live, process, tasks: new DisposableStack() }
    const { tasks } = this.#run
    this.#publishNames(live, tasks)
    this.#startDns(live, tasks)
    this.#attempt(() => this.#startHealth(live, process, tasks))
    this.#attempt(() => this.#noteRestarted())
    this.#emit(live, { action: 'start', time: process.startedAt, attributes: {} })
  }

  #leaveRun(): void {
    this.#run?.tasks.dispose()
    this.#run = undefined
  }

  #publishNames(live: LiveRecord, tasks: DisposableStack): void {
    const { names } = this.#context.resolver
    names.set(live)
    tasks.defer(() => names.delete(live.id))
  }

  #startDns(live: LiveRecord, tasks: DisposableStack): void {
    if (live.dns === undefined) return
    const { keeper, resolver: context } = this.#context
    const onError = (error: unknown) => this.#report(error)
    const resolver = new Resolver(context, resolverViewOf(live, upstreamAt))
    const server = serveDns({ keeper, dns: live.dns, resolver, onError })
    server.catch(onError)
    tasks.defer(() => void server.then(started => started[Symbol.asyncDispose]()).catch(() => {}))
  }

  #startHealth(live: LiveRecord, process: PidRecord, tasks: DisposableStack): void {
    const { health: check } = live
    if (check === undefined) return
    const { keeper, clock, openPipe } = this.#context
    const request = readFileSync(this.#layout.healthLaunch)
    tasks.use(
      monitorHealth({
        clock,
        check,
        record: readHealthRecord(this.#layout.health, process),
        probe: signal => runProbe({ keeper, clock, request, timeoutMs: check.timeoutMs, openPipe, signal }),
        onRecord: (record, previous) => this.#keepHealth(live, record, previous),
      }),
    )
  }

  #keepHealth(live: LiveRecord, record: HealthRecord, previous: HealthRecord): void {
    this.#attempt(() => writeVolatileRecord(this.#layout.health, record))
    if (record.status === previous.status) return
    this.#emit(live, {
      action: 'health',
      time: this.#context.clock.now(),
      attributes: { status: record.status },
    })
  }

  #afterEnd(live: LiveRecord, process: PidRecord | undefined, exit: ExitRecord): void {
    const known = readRestartRecord(this.#layout.restarts)
    const restarts = this.#restartsAfter(live, known, { process, exit })
    if (restarts.nextAt !== known.nextAt) this.#writeRestarts(restarts)
    const restartAt = restarts.nextAt === undefined ? {} : { restartAt: String(restarts.nextAt) }
    this.#emit(live, {
      action: 'die',
      time: exit.finishedAt,
      attributes: { exitCode: String(exit.exitCode), ...restartAt },
    })
    if (restarts.nextAt !== undefined) this.#awaitRestart(restarts.nextAt)
  }

  #restartsAfter(live: LiveRecord, known: RestartRecord, { process, exit }: EndedProcess): RestartRecord {
    if (this.#isHandsOff()) return { ...known, nextAt: undefined }
    if (isPlanned(known, exit)) return known
    const ranMs = process === undefined ? 0 : exit.finishedAt - process.startedAt
    return planRestart({ policy: live.restart, restarts: known, exit, ranMs, now: this.#context.clock.now() })
  }

  /** A launch was under way, or about to be sent, when the last supervisor ended. */
  #resumeRestart(): void {
    const { nextAt } = readRestartRecord(this.#layout.restarts)
    if (nextAt !== undefined && this.#cancelRestart === undefined) this.#awaitRestart(nextAt)
  }

  #awaitRestart(nextAt: number): void {
    const { clock } = this.#context
    const remainingMs = Math.max(0, nextAt - clock.now())
    this.#cancelRestart = clock.after(Math.min(remainingMs, LOOK_AGAIN_MS), () => {
      this.#cancelRestart = undefined
      if (this.#isHandsOff() || clock.now() < nextAt) this.look()
      else void this.#relaunch()
    })
  }

  #forgetRestart(): void {
    this.#cancelRestart?.()
    this.#cancelRestart = undefined
  }

  /** Sends the stored request again as it is. A launch that fails counts as an end of the container. */
  async #relaunch(): Promise<void> {
    this.#isLaunching = true
    try {
      await this.#context.keeper.launch(readFileSync(this.#layout.launch))
      await this.#afterRelaunch()
    } catch (error) {
      this.#report(error)
      this.#noteFailedLaunch()
    } finally {
      this.#isLaunching = false
      this.look()
    }
  }

  async #afterRelaunch(): Promise<void> {
    if (this.#isHandsOff()) return this.#takeBackLaunch()
    const live = readLiveRecord(this.#layout.live)
    const { count } = readRestartRecord(this.#layout.restarts)
    if (live !== undefined)
      this.#emit(live, {
        action: 'restart',
        time: this.#context.clock.now(),
        attributes: { count: String(count) },
      })
  }

  /** A stop that began during the launch found no process to signal. */
  async #takeBackLaunch(): Promise<void> {
    // It may have ended on its own.
    await this.#context.keeper.signal(this.#id, SIGKILL).catch(() => {})
  }

  #noteFailedLaunch(): void {
    if (this.#isGone() || readProcessState(this.#layout).kind === 'running') return
    this.#attempt(() => writeFailedLaunch(this.#layout, this.#context.clock.now()))
  }

  #isHandsOff(): boolean {
    return existsSync(this.#layout.stopped) || this.#isGone()
  }

  #isGone(): boolean {
    return !existsSync(this.#layout.live)
  }

  #noteRestarted(): void {
    const restarts = readRestartRecord(this.#layout.restarts)
    if (restarts.nextAt !== undefined) this.#writeRestarts({ ...restarts, nextAt: undefined })
  }

  #writeRestarts(record: RestartRecord): void {
    writeVolatileRecord(this.#layout.restarts, record)
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

/** A process of the container, and what is done while it runs. */
interface ActiveRun {
  readonly live: LiveRecord
  readonly process: PidRecord
  readonly tasks: DisposableStack
}

interface EndedProcess {
  readonly process: PidRecord | undefined
  readonly exit: ExitRecord
}

type Occurrence = Pick<EventRecord, 'action' | 'time' | 'attributes'>
