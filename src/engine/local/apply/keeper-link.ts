import { setTimeout as delay } from 'node:timers/promises'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { endKeeper } from '../../../runtime/keeper/end-keeper.ts'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import type {
  ClosingProject,
  KeeperConnection,
  ProjectLeavings,
} from '../../../runtime/keeper/keeper-connection.ts'
import { isKeeperStalled, keeperGone, keeperStalled } from '../../../runtime/keeper/keeper-error.ts'
import { type KeeperPlace, startKeeper } from '../../../runtime/keeper/start-keeper.ts'
import { KILL_PATIENCE_MS } from './end-process.ts'

/** How keepers are reached. */
export interface KeeperAccess {
  /** Resolves with undefined if none listens. */
  readonly connect: (socketPath: string) => Promise<KeeperConnection | undefined>
  readonly start: (place: KeeperPlace) => Promise<KeeperConnection>
  /** Ends one that does not answer, and resolves with its pid. */
  readonly end: (socketPath: string, patienceMs: number) => Promise<number | undefined>
}

/** The keepers of this machine. */
export const hostKeepers: KeeperAccess = {
  connect: socketPath => connectKeeper(socketPath),
  start: startKeeper,
  end: endKeeper,
}

/** The project's keeper: found, started or ended, once for an execution. */
export class KeeperLink implements Disposable {
  readonly #keepers: KeeperAccess
  readonly #place: KeeperPlace
  readonly #onStalledEnded: ((pid: number) => void) | undefined
  #connection: Promise<KeeperConnection | undefined> | undefined
  #started: Promise<KeeperConnection> | undefined
  /** The keeper once it is about to end. */
  #closing: KeeperConnection | undefined

  /** With `onStalledEnded`, a keeper that does not answer is ended and its pid reported. */
  constructor(
    keepers: KeeperAccess,
    place: KeeperPlace,
    onStalledEnded: ((pid: number) => void) | undefined,
  ) {
    this.#keepers = keepers
    this.#place = place
    this.#onStalledEnded = onStalledEnded
  }

  running(): Promise<KeeperConnection | undefined> {
    if (this.#closing !== undefined) return Promise.resolve(undefined)
    if (this.#started !== undefined) return this.#started
    this.#connection ??= this.#connect()
    return this.#connection
  }

  start(): Promise<KeeperConnection> {
    this.#started ??= this.#startOrConnect()
    return this.#started
  }

  /** Begins to start the keeper, for steps that will need it. */
  warmUp(): void {
    this.start().catch(() => undefined)
  }

  async quit(): Promise<void> {
    const keeper = await this.running()
    if (keeper === undefined) return
    try {
      await keeper.quit()
      await Promise.race([keeper.closed, this.#endIsDue()])
    } catch (error) {
      // A container whose removal failed may run still; then the keeper stays.
      if (errnoNameOf(error) !== 'EBUSY') throw error
    }
  }

  /** @throws {TcomposeError} `keeper-stalled` after a while. */
  async #endIsDue(): Promise<never> {
    await delay(KILL_PATIENCE_MS, undefined, { ref: false })
    throw keeperStalled(this.#place.socketPath, KILL_PATIENCE_MS)
  }

  /**
   * Has the keeper do what a project leaves, and end behind this command, which finds no keeper from then on. Rejects as the
   * connection does; with `keeper` if no keeper runs.
   */
  async closeProject(leavings: ProjectLeavings): Promise<ClosingProject> {
    const keeper = await this.running()
    if (keeper === undefined) throw keeperGone()
    this.#closing = keeper
    try {
      return await keeper.closeProject(leavings)
    } catch (error) {
      if (isRefused(error)) this.#closing = undefined
      throw error
    }
  }

  [Symbol.dispose](): void {
    void this.#dispose()
  }

  async #connect(): Promise<KeeperConnection | undefined> {
    const { socketPath } = this.#place
    try {
      return await this.#keepers.connect(socketPath)
    } catch (error) {
      if (this.#onStalledEnded === undefined || !isKeeperStalled(error)) throw error
      const pid = await this.#keepers.end(socketPath, KILL_PATIENCE_MS)
      if (pid !== undefined) this.#onStalledEnded(pid)
      return undefined
    }
  }

  async #startOrConnect(): Promise<KeeperConnection> {
    this.#connection ??= this.#connect()
    return (await this.#connection) ?? this.#keepers.start(this.#place)
  }

  async #dispose(): Promise<void> {
    const keeper = this.#closing ?? (await this.running().catch(() => undefined))
    keeper?.[Symbol.dispose]()
  }
}

/** A container runs, or the keeper is of a version that has no such request: it goes on as it is. */
function isRefused(error: unknown): boolean {
  return ['EBUSY', 'ENOSYS'].includes(errnoNameOf(error) ?? '')
}
