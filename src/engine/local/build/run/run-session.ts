import type { BuildConfig } from '../../../../model/build.ts'
import { startKeeper } from '../../../../runtime/keeper/start-keeper.ts'
import type { EnginePrograms } from '../../host/engine-programs.ts'
import type { Roots } from '../../state/layout.ts'
import { placed } from './run-error.ts'
import type { RunRequest, RunResult, ShellRequest, StepRequest } from './run-request.ts'
import { runShell } from './run-shell.ts'
import { runStep, type StepContext } from './run-step.ts'
import { hostNetworks, type NetworkMaker } from './session-network.ts'
import { SessionParts } from './session-parts.ts'
import { sweepRunSessions } from './sweep-run-sessions.ts'

/** A build that may run commands. */
export interface RunSessionOptions {
  readonly roots: Roots
  readonly programs: EnginePrograms
  /** As `temporaryName` returns it; names all that the session has in the kernel and on disk. */
  readonly name: string
  readonly settings: Pick<BuildConfig, 'extraHosts' | 'shmSize' | 'ulimits'>
  /** @default a process of the keeper's program */
  readonly startKeeper?: typeof startKeeper
  /** @default those of this machine */
  readonly networks?: NetworkMaker
}

/**
 * Runs the commands of one build. Starts nothing until the first of them. Disposal ends what runs and removes all that
 * the session has made but the layers. A process that is killed leaves nothing that runs; what else it leaves
 * `sweepRunSessions` removes.
 */
export function openRunSession(options: RunSessionOptions): RunSession {
  return new RunSession(options)
}

/** The commands of one build; see `openRunSession`. */
export class RunSession implements AsyncDisposable {
  readonly #options: RunSessionOptions
  #parts: Promise<SessionParts> | undefined
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<unknown>>()
  #count = 0

  constructor(options: RunSessionOptions) {
    this.#options = options
  }

  /**
   * Runs a command and returns how it ended; its layer is then at `request.folder`, also that of one that failed. Calls may
   * overlap.
   *
   * @throws {TcomposeError} `user-not-found`, `build-step` if it cannot be run, `build-secret`, `network`, `keeper`.
   * @throws {DOMException} `AbortError` when `request.signal` aborts, once all processes of the command have ended.
   */
  async run(request: RunRequest): Promise<RunResult> {
    return await this.#perform(request, runStep)
  }

  /**
   * Runs a shell in place of a step's command, and returns its exit code when it has ended.
   *
   * @throws {TcomposeError} As `run`; `build-step` too if the files have no shell.
   * @throws {DOMException} `AbortError` when `request.signal` aborts: the shell was killed.
   */
  async shell(request: ShellRequest): Promise<number> {
    return await this.#perform(request, runShell)
  }

  /** Aborts what runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#running)
    const started = this.#parts
    this.#parts = undefined
    const parts = await started?.catch(() => undefined)
    await parts?.[Symbol.asyncDispose]()
  }

  async #perform<Request extends StepRequest, Result>(
    request: Request,
    perform: (request: Request, context: StepContext) => Promise<Result>,
  ): Promise<Result> {
    const signal = AbortSignal.any([request.signal, this.#closing.signal])
    signal.throwIfAborted()
    const running = this.#stepContext().then(context => perform({ ...request, signal }, context))
    this.#running.add(running)
    try {
      return await running
    } catch (error) {
      signal.throwIfAborted()
      throw placed(error, request)
    } finally {
      this.#running.delete(running)
    }
  }

  async #stepContext(): Promise<StepContext> {
    const parts = await this.#start()
    this.#count += 1
    return { ...this.#options, parts, id: `run-${this.#count}` }
  }

  #start(): Promise<SessionParts> {
    const { roots, programs, name, settings, startKeeper: start = startKeeper } = this.#options
    const { networks = hostNetworks } = this.#options
    this.#parts ??= (async () => {
      await sweepRunSessions(roots)
      const { extraHosts } = settings
      return new SessionParts({ roots, programs, name, extraHosts, startKeeper: start, networks })
    })()
    return this.#parts
  }
}
