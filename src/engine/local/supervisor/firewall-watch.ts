import { openRulesetMonitor, type RulesetMonitor, rulesetMonitorOn } from '../../../linux/nftables/monitor.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { ObservedFirewall } from '../../../model/observed-state.ts'
import { recordedFirewall } from '../network/firewall-request.ts'
import { isOwnTable, OWN_TABLES, tableOf } from '../network/kernel-name.ts'
import { updateFirewall } from '../network/update-firewall.ts'
import { observeFirewall } from '../observe/observe-firewall.ts'
import { guardFirewall, leaveFirewall } from '../state/firewall-guard.ts'
import { instanceTag, projectLayout, type Roots } from '../state/layout.ts'
import { tryLockProject } from '../state/project-lock.ts'
import { readProjectRecord } from '../state/project-record.ts'
import type { Clock } from './clock.ts'

export interface FirewallWatchOptions {
  readonly roots: Roots
  readonly project: ProjectName
  readonly clock: Clock
  /** Called when the firewall has been restored, with what was found. */
  readonly onRestored: (found: ObservedFirewall) => void
  readonly onError: (error: unknown) => void
  /** A socket of an earlier watch, which this one owns. @default one of its own */
  readonly socket?: number | undefined
}

/** What keeps a firewall as it should be, until disposed or handed over. */
export interface FirewallGuard extends Disposable {
  /**
   * Hands the guard over to process `pid`: `take` is given the socket that is readable once something has changed, and has it
   * when it resolves. Resolves to false if the firewall is not known to be whole; this goes on then.
   */
  handOver(pid: number, take: (socket: number) => Promise<unknown>): Promise<boolean>
  /** Takes it back. */
  resume(): void
}

/** The kernel's notices of changes are collected this often; nothing is looked at without one. */
const COLLECT_MS = 250

/**
 * Restores the firewall of a project, until disposed, when another program has changed it: whoever loads a ruleset of
 * their own flushes all tables. A command that holds the project's lock changes it itself; then this waits for its end.
 */
export function watchFirewall(options: FirewallWatchOptions): FirewallGuard {
  const { roots, project, socket } = options
  const own = tableOf({ tag: instanceTag(roots), project }).name
  const open = () => openRulesetMonitor({ prefix: OWN_TABLES, own })
  const watch = new FirewallWatch(options, socket === undefined ? open() : rulesetMonitorOn(socket))
  watch.look()
  return watch
}

class FirewallWatch implements FirewallGuard {
  readonly #options: FirewallWatchOptions
  readonly #monitor: RulesetMonitor
  readonly #table: string
  #cancel: () => void = () => {}
  #isToLook = true
  #isHandedOver = false
  #lastError: string | undefined

  constructor(options: FirewallWatchOptions, monitor: RulesetMonitor) {
    this.#options = options
    this.#monitor = monitor
    const { roots, project } = options
    this.#table = tableOf({ tag: instanceTag(roots), project }).name
  }

  look(): void {
    try {
      this.#collect()
      if (this.#isToLook) this.#isToLook = !this.#restore()
    } catch (error) {
      leaveFirewall(this.#layout())
      this.#report(error)
    }
    this.#lookAfter(COLLECT_MS)
  }

  #lookAfter(delayMs: number): void {
    this.#cancel = this.#options.clock.after(delayMs, () => this.look())
  }

  async handOver(pid: number, take: (socket: number) => Promise<unknown>): Promise<boolean> {
    if (this.#isToLook) return false
    await take(this.#monitor.fd)
    // What changes from here on is left in the socket.
    this.#cancel()
    this.#collect()
    if (this.#isToLook) {
      this.#lookAfter(0)
      return false
    }
    guardFirewall(this.#layout(), pid)
    this.#isHandedOver = true
    return true
  }

  resume(): void {
    if (!this.#isHandedOver) return
    this.#isHandedOver = false
    // The guard is written anew.
    this.#isToLook = true
    this.#lookAfter(0)
  }

  [Symbol.dispose](): void {
    this.#cancel()
    this.#monitor[Symbol.dispose]()
    if (!this.#isHandedOver) leaveFirewall(this.#layout())
  }

  /** It tries again with every look, and says the same once. */
  #report(error: unknown): void {
    const message = String(error)
    if (message !== this.#lastError) this.#options.onError(error)
    this.#lastError = message
  }

  #collect(): void {
    const changed = this.#monitor.changedTables()
    this.#isToLook ||= changed === 'unknown' || [...changed].some(name => this.#concerns(name))
  }

  /** A table of another program may have a chain that drops what the project forwards. */
  #concerns(table: string): boolean {
    return table === this.#table || !isOwnTable(table)
  }

  /** Returns whether the firewall is intact now. */
  #restore(): boolean {
    const { roots, project, onRestored } = this.#options
    if (observeFirewall(roots, project) !== 'intact') {
      using lock = tryLockProject(this.#layout(), 'restore the firewall')
      if (lock === undefined) return false
      const found = observeFirewall(roots, project)
      if (found !== 'intact') {
        this.#update()
        onRestored(found)
      }
    }
    guardFirewall(this.#layout())
    return true
  }

  #update(): void {
    const { roots, project } = this.#options
    const store = { record: readProjectRecord(this.#layout().record, project) }
    updateFirewall(recordedFirewall(roots, project, store))
  }

  #layout(): ReturnType<typeof projectLayout> {
    return projectLayout(this.#options.roots, this.#options.project)
  }
}
