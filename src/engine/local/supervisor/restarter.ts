import { existsSync, readFileSync } from 'node:fs'
import { writeVolatileRecord } from '../../../disk/record-file.ts'
import type { RestartCause } from '../../../model/observed-state.ts'
import {
  type ExitRecord,
  readProcessState,
  writeFailedLaunch,
} from '../../../runtime/keeper/process-files.ts'
import type { EndedRun } from '../state/ended-run.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { readRestartRecord } from '../state/live-files.ts'
import type { RestartRecord } from '../state/live-record.ts'
import { isPlanned, planRestart } from '../state/plan-restart.ts'
import { unmarkWanted } from '../state/wanted-mark.ts'
import type { Clock } from './clock.ts'
import type { KeeperPort } from './keeper-port.ts'

export interface RestarterOptions {
  readonly id: string
  readonly layout: ContainerLayout
  readonly keeper: Pick<KeeperPort, 'launch' | 'signal'>
  readonly clock: Clock
  readonly report: (error: unknown) => void
  /** Hears of each start that the policy made, with their count. */
  readonly onRestarted: (count: number) => void
  /** Asks for a new look at the container's files. */
  readonly lookAgain: () => void
}

/** The end of a container's process, and what its policy makes of it. */
export interface EndedContainer extends EndedRun {
  readonly exit: ExitRecord
  readonly wasOutOfMemory: boolean
}

/** A restart that waits looks this often whether the container was stopped or removed meanwhile. */
const LOOK_AGAIN_MS = 1000
const SIGKILL = 9

/**
 * Starts one container again by its policy. Each decision is on disk before its deed, so that a restart is neither
 * lost nor made twice when the supervisor is killed. One that cannot be written, as on a full disk, holds while this
 * supervisor lives.
 */
export class Restarter {
  readonly #options: RestarterOptions
  #cancelWait: (() => void) | undefined
  #isLaunching = false
  #unwritten: RestartRecord | undefined

  constructor(options: RestarterOptions) {
    this.#options = options
  }

  /** A launch is under way: what the files say changes from moment to moment. */
  get isLaunching(): boolean {
    return this.#isLaunching
  }

  /** A restart waits or is under way. */
  get isBusy(): boolean {
    return this.#isLaunching || this.#cancelWait !== undefined
  }

  /** What it decided is on record. */
  get isWritten(): boolean {
    return this.#unwritten === undefined
  }

  /** The starts that the policy has made or planned since a command started the container. */
  get restarts(): RestartRecord {
    return this.#known()
  }

  /** Returns when the container is started again, in milliseconds since the epoch; undefined if it is not. */
  afterEnd(ended: EndedContainer): number | undefined {
    const known = this.#known()
    const restarts = this.#decide(known, ended)
    if (restarts.nextAt !== known.nextAt || this.#unwritten !== undefined) this.#write(restarts)
    if (restarts.nextAt === undefined) unmarkWanted(this.#options.layout)
    this.#await(restarts.nextAt)
    return restarts.nextAt
  }

  /** Goes on with a launch that was under way, or about to be sent, when the supervisor before this one ended. */
  resume(): void {
    if (this.#cancelWait === undefined) this.#await(this.#known().nextAt)
  }

  /** Writes down that the container runs, however that came about. */
  afterStart(): void {
    const restarts = this.#known()
    if (restarts.nextAt !== undefined) this.#write({ ...restarts, nextAt: undefined })
  }

  /** Waits no longer for a restart that was planned. */
  forget(): void {
    this.#cancelWait?.()
    this.#cancelWait = undefined
  }

  #decide(known: RestartRecord, ended: EndedContainer): RestartRecord {
    const { policy, process, exit, isUnhealthy } = ended
    if (this.#isHandsOff()) return { ...known, nextAt: undefined }
    if (isPlanned(known, exit)) return known
    const ranMs = process === undefined || isUnhealthy ? 0 : exit.finishedAt - process.startedAt
    // From the end on: this program may have been started for it.
    const now = Math.min(this.#options.clock.now(), exit.finishedAt)
    return planRestart({ policy, restarts: known, exit, ranMs, now, cause: causeOf(ended) })
  }

  #await(nextAt: number | undefined): void {
    if (nextAt === undefined) return
    const { clock, lookAgain } = this.#options
    const remainingMs = Math.max(0, nextAt - clock.now())
    this.#cancelWait = clock.after(Math.min(remainingMs, LOOK_AGAIN_MS), () => {
      this.#cancelWait = undefined
      if (this.#isHandsOff() || clock.now() < nextAt) lookAgain()
      else void this.#relaunch()
    })
  }

  /** A launch that fails counts as an end of the container. */
  async #relaunch(): Promise<void> {
    const { keeper, report, lookAgain } = this.#options
    this.#isLaunching = true
    try {
      await keeper.launch(await this.#request())
      await this.#afterLaunch()
    } catch (error) {
      report(error)
      this.#noteFailure()
    } finally {
      this.#isLaunching = false
      lookAgain()
    }
  }

  /** The stored request as it is; what compiles another is loaded only for a container with devices. */
  async #request(): Promise<Buffer> {
    const { layout } = this.#options
    if (!existsSync(layout.launchInput)) return readFileSync(layout.launch)
    const { renewedRequest } = await import('../container/launch-input.ts')
    return await renewedRequest(layout)
  }

  async #afterLaunch(): Promise<void> {
    const { id, keeper, onRestarted } = this.#options
    if (!this.#isHandsOff()) {
      onRestarted(this.#known().count)
      return
    }
    // A stop that began during the launch found no process to signal. This one may have ended on its own.
    await keeper.signal(id, SIGKILL).catch(() => {})
  }

  #noteFailure(): void {
    const { layout, clock, report } = this.#options
    try {
      const isOver = existsSync(layout.live) && readProcessState(layout).kind !== 'running'
      if (isOver) writeFailedLaunch(layout, clock.now())
    } catch (error) {
      report(error)
    }
  }

  /** Stopped on purpose, or removed. */
  #isHandsOff(): boolean {
    const { stopped, live } = this.#options.layout
    return existsSync(stopped) || !existsSync(live)
  }

  #known(): RestartRecord {
    return this.#unwritten ?? readRestartRecord(this.#options.layout.restarts)
  }

  #write(record: RestartRecord): void {
    try {
      writeVolatileRecord(this.#options.layout.restarts, record)
      this.#unwritten = undefined
    } catch (error) {
      this.#unwritten = record
      this.#options.report(error)
    }
  }
}

function causeOf({ exit, isUnhealthy, wasOutOfMemory }: EndedContainer): RestartCause {
  const kind = isUnhealthy ? 'unhealthy' : wasOutOfMemory ? 'out-of-memory' : 'ended'
  return { kind, exitCode: exit.exitCode, finishedAt: exit.finishedAt }
}
