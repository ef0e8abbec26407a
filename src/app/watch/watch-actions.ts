import type { WatchCommand } from '../../model/watch-rule.ts'
import type { RuleMatch } from './watch-rules.ts'

/** A command to run in the containers of a service. */
export interface DueCommand {
  readonly service: string
  readonly command: WatchCommand
}

/** What is to be done when a burst of changes is over, each once. */
export class WatchActions {
  readonly #rebuild = new Set<string>()
  readonly #restart = new Set<string>()
  readonly #commands = new Map<WatchCommand, DueCommand>()

  get isEmpty(): boolean {
    return this.#rebuild.size + this.#restart.size + this.#commands.size === 0
  }

  /** Adds what the rules of `matches` do beyond copying. */
  add(matches: readonly RuleMatch[]): void {
    for (const { rule } of matches) {
      const { service } = rule
      const { action } = rule.rule
      if (action.kind === 'rebuild') this.#rebuild.add(service)
      if (action.kind === 'restart' || action.kind === 'sync+restart') this.#restart.add(service)
      if (action.kind === 'sync+exec' && action.exec !== undefined)
        this.#commands.set(action.exec, { service, command: action.exec })
    }
  }

  /** Returns everything, and forgets it. A service that is rebuilt is not restarted as well. */
  take(): {
    readonly rebuild: readonly string[]
    readonly restart: readonly string[]
    readonly commands: readonly DueCommand[]
  } {
    const rebuild = [...this.#rebuild].sort()
    const restart = [...this.#restart].filter(service => !this.#rebuild.has(service)).sort()
    const commands = [...this.#commands.values()]
    this.#rebuild.clear()
    this.#restart.clear()
    this.#commands.clear()
    return { rebuild, restart, commands }
  }
}
