import type { StepEvent } from '../../app/index.ts'
import { displayWidth, firstColumns } from '../../base/display-width.ts'
import type { ModelPath } from '../../base/model-path.ts'
import { safeLine } from '../views/safe-text.ts'

/** Between the stop signal and SIGKILL, where neither the file nor the command line says. */
const DEFAULT_GRACE_MS = 10_000

export interface StopCountdownOptions {
  /** Its name is left out of those of its containers. */
  readonly project: string
  /** The grace periods of services, in milliseconds, by the path of the service in the file. */
  readonly graces: ReadonlyMap<ModelPath, number>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Knows which containers are being stopped, and when the last of them is killed. */
export class StopCountdown {
  readonly #options: StopCountdownOptions
  /** When the grace period of a container is over, by its name. */
  readonly #deadlines = new Map<string, number>()

  constructor(options: StopCountdownOptions) {
    this.#options = options
  }

  take({ kind, step: { action, origin } }: StepEvent): void {
    if (action.kind !== 'stop-container') return
    if (kind === 'step-finished') this.#deadlines.delete(action.name)
    if (kind !== 'step-started') return
    const own = origin === undefined ? undefined : this.#options.graces.get(origin)
    const graceMs = action.grace ?? own ?? DEFAULT_GRACE_MS
    this.#deadlines.set(action.name, this.#options.now() + graceMs)
  }

  /** Returns e.g. `Stopping db-1, web-1: 7 s until SIGKILL`, in so many columns. */
  text(columns: number, isKilling: boolean): string {
    if (this.#deadlines.size === 0) return isKilling ? 'Killing' : 'Stopping'
    const leftMs = Math.max(...this.#deadlines.values()) - this.#options.now()
    const left = isKilling || leftMs <= 0 ? '' : `: ${Math.ceil(leftMs / 1000)} s until SIGKILL`
    const verb = isKilling || leftMs <= 0 ? 'Killing' : 'Stopping'
    return `${verb} ${this.#names(columns - displayWidth(`${verb} ${left}`))}${left}`
  }

  /** As many names as there is room for, and how many more there are. */
  #names(columns: number): string {
    const names = [...this.#deadlines.keys()].map(name => safeLine(this.#label(name)))
    for (let shown = names.length; shown > 0; shown -= 1) {
      const more = names.length - shown
      const text = `${names.slice(0, shown).join(', ')}${more === 0 ? '' : ` and ${more} more`}`
      if (displayWidth(text) <= columns) return text
    }
    return firstColumns(`${names.length} containers`, Math.max(0, columns))
  }

  #label(name: string): string {
    const prefix = `${this.#options.project}-`
    return name.startsWith(prefix) ? name.slice(prefix.length) : name
  }
}
