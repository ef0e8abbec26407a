import { closeSync, openSync } from 'node:fs'
import { watch } from '../../app/watch/watch.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { CommandContext } from '../command-context.ts'
import { reportDiagnostics, reportFailure } from '../report.ts'
import { watchHooks } from '../watch-hooks.ts'

/** A watch session beside the logs of services. */
export interface AttachedWatchOptions {
  /** Services as the user named them; empty is all. */
  readonly services: readonly string[]
  readonly quietBuild: boolean
  /** Writes to standard output. */
  readonly write: (text: string) => void
  /** @default nobody can be asked */
  readonly ask: ((question: string) => Promise<boolean>) | undefined
}

/** The watch session of an attached `up`, which can be switched on and off. */
export class AttachedWatch {
  readonly #context: CommandContext
  readonly #options: AttachedWatchOptions
  #session: { readonly end: AbortController; readonly ended: Promise<void> } | undefined

  constructor(context: CommandContext, options: AttachedWatchOptions) {
    this.#context = context
    this.#options = options
  }

  get isOn(): boolean {
    return this.#session !== undefined
  }

  start(): void {
    if (this.#session !== undefined) return
    const end = new AbortController()
    this.#session = { end, ended: this.#run(end.signal) }
  }

  /** Returns when everything that the session has begun is over. */
  async stop(): Promise<void> {
    const session = this.#session
    session?.end.abort()
    await session?.ended
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { services, quietBuild, write, ask } = this.#options
    const { ports, request } = this.#context
    const input = openSync('/dev/null', 'r')
    try {
      const result = await ports.call(watch, request, {
        options: { services, up: false, prunes: true },
        hooks: watchHooks(this.#context, { quiet: quietBuild, signal, write, ask, input }),
      })
      if (result.kind === 'invalid') reportDiagnostics(this.#context, result.diagnostics)
    } catch (error) {
      // The logs go on without a session, as when another process has one.
      if (!(error instanceof TcomposeError)) throw error
      reportFailure(this.#context, error)
    } finally {
      closeSync(input)
      this.#session = undefined
    }
  }
}
