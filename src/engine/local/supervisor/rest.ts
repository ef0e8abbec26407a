import { closeSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { openTimer } from '../../../linux/timer-descriptor.ts'
import { REST_PREFIX } from '../network/held-sockets.ts'
import type { Clock } from './clock.ts'
import type { NameServer } from './dns/name-server.ts'
import { type EntrustedServer, SERVER_ID } from './dns/server-process.ts'
import type { FirewallGuard } from './firewall-watch.ts'
import type { KeeperPort } from './keeper-port.ts'

export interface RestOptions {
  /** The keeper's process, which guards what it is entrusted with. */
  readonly keeperPid: number
}

interface RestContext extends RestOptions {
  readonly keeper: Pick<KeeperPort, 'entrust' | 'release' | 'rest'>
  readonly clock: Clock
  readonly firewall: FirewallGuard | undefined
  readonly names: Pick<NameServer, 'handOver' | 'takeBack' | 'isSettled'>
  /** When there is something to do that no event announces, milliseconds since the epoch. */
  readonly neededAt: () => number
  /** Called when this process is to end. */
  readonly onRest: () => void
  readonly onError: (error: unknown) => void
}

/** What an earlier supervisor has left with the keeper; the caller owns it. */
export interface EntrustedSockets {
  readonly firewall: number | undefined
  readonly names: EntrustedServer | undefined
}

/** So long must nothing happen before this process ends. */
const QUIET_MS = 3000
/** What is due sooner is waited for: each wake takes some 50 ms of a processor. */
const SHORTEST_REST_MS = 30_000

/** Names of what the keeper is entrusted with. */
const FIREWALL = `${REST_PREFIX}nftables`
const TIMER = `${REST_PREFIX}timer`
const NAMES = `${REST_PREFIX}${SERVER_ID}`

/** Takes back what the keeper was entrusted with, and closes what is of no use any more. */
export async function takeEntrusted(keeper: Pick<KeeperPort, 'lend' | 'release'>): Promise<EntrustedSockets> {
  const lent = await keeper.lend(REST_PREFIX)
  if (lent.length === 0) return { firewall: undefined, names: undefined }
  await keeper.release(REST_PREFIX)
  const firewall = lent.find(({ name }) => name === FIREWALL)?.fd
  const names = lent.find(({ name }) => name.startsWith(NAMES))
  for (const { fd } of lent) if (fd !== firewall && fd !== names?.fd) closeSync(fd)
  return {
    firewall,
    names: names === undefined ? undefined : { id: names.name.slice(REST_PREFIX.length), fd: names.fd },
  }
}

/**
 * Ends this process when nothing has happened for some seconds and nothing is to be done. The keeper starts it again for a
 * container that starts or ends, for changes of nf_tables and of what names tell, when the name server ends, and when the next check of
 * a container is due.
 */
export class Rest implements Disposable {
  readonly #context: RestContext
  #quietSince: number
  #cancel: () => void

  constructor(context: RestContext) {
    this.#context = context
    this.#quietSince = context.clock.now()
    this.#cancel = this.#lookAfter(QUIET_MS)
  }

  /** Something has happened. */
  postpone(): void {
    this.#quietSince = this.#context.clock.now()
  }

  [Symbol.dispose](): void {
    this.#cancel()
  }

  #lookAfter(delayMs: number): () => void {
    return this.#context.clock.after(delayMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    const quietFor = this.#context.clock.now() - this.#quietSince
    try {
      if (quietFor >= QUIET_MS && this.#mayRest() && (await this.#begin())) return
    } catch (error) {
      // A keeper of an earlier version.
      if (errnoNameOf(error) === 'ENOSYS') return
      this.#context.onError(error)
    }
    this.#cancel = this.#lookAfter(quietFor < QUIET_MS ? QUIET_MS - quietFor : QUIET_MS)
  }

  #mayRest(): boolean {
    const { clock, neededAt } = this.#context
    return neededAt() - clock.now() >= SHORTEST_REST_MS
  }

  /** Returns whether the rest has begun: what happens before the keeper answers is reported before that, too. */
  async #begin(): Promise<boolean> {
    const since = this.#quietSince
    let begins = false
    try {
      begins = await this.#handOver()
      begins &&= this.#quietSince === since && this.#mayRest() && this.#context.names.isSettled
    } finally {
      if (!begins) await this.#takeBack()
    }
    if (begins) this.#context.onRest()
    return begins
  }

  async #handOver(): Promise<boolean> {
    const { keeper, firewall, names, keeperPid } = this.#context
    const take = (fd: number) => keeper.entrust(FIREWALL, fd, { wakes: true })
    if (firewall !== undefined && !(await firewall.handOver(keeperPid, take))) return false
    const entrust = (name: string, fd: number) => keeper.entrust(`${REST_PREFIX}${name}`, fd, { wakes: true })
    if (!(await names.handOver(entrust))) return false
    await this.#entrustTimer()
    await keeper.rest()
    return true
  }

  async #entrustTimer(): Promise<void> {
    const { keeper, clock, neededAt } = this.#context
    const fd = openTimer(neededAt() - clock.now())
    try {
      await keeper.entrust(TIMER, fd, { wakes: true })
    } finally {
      closeSync(fd)
    }
  }

  async #takeBack(): Promise<void> {
    const { keeper, firewall, names } = this.#context
    firewall?.resume()
    names.takeBack()
    await keeper.release(REST_PREFIX)
  }
}
