import type { AbsolutePath } from '../../base/absolute-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { ExecIo } from '../../engine/engine.ts'
import { type BytePath, bytePath } from '../../engine/engine.ts'
import type { Project } from '../../model/project.ts'
import type { AppContext } from '../app-context.ts'
import type { RunHooks } from '../command-call.ts'
import type { ProjectRequest } from '../project-request.ts'
import { restart } from '../restart.ts'
import type { RunResult } from '../run-plan.ts'
import { up } from '../up.ts'
import { PLAIN_UP, type UpOptions } from '../up-plan.ts'
import { pruneReplacedImages } from './prune-replaced-images.ts'
import type { MirroredByService } from './service-mirror.ts'
import { ServiceMirror } from './service-mirror.ts'
import type { TreeWatch } from './tree-port.ts'
import { type DueCommand, WatchActions } from './watch-actions.ts'
import type { WatchEvent } from './watch-event.ts'
import type { RuleMatch, WatchRules } from './watch-rules.ts'

/** How a watch session is shown, and what it may ask. */
export interface WatchHooks {
  /** Ends the session. */
  readonly signal: AbortSignal
  /** The command as the user gave it. */
  readonly command: string
  readonly onEvent: (event: WatchEvent) => void
  /** Shows a run of a command that changes what runs, and returns whether all of it was done. */
  readonly run: (title: string, work: (hooks: RunHooks) => Promise<RunResult>) => Promise<boolean>
  /** Asks whether the plan of the last `file-changed` event is to be carried out. @default nobody can be asked */
  readonly confirm?: (() => Promise<boolean>) | undefined
  /** What the standard streams of the commands of rules lead to. */
  readonly commandIo: ExecIo
}

/** What a session works with. */
export interface WatchSessionOptions {
  readonly context: AppContext
  readonly request: ProjectRequest
  readonly project: Project
  readonly rules: WatchRules
  /** Those that the project was read from. */
  readonly files: readonly AbsolutePath[]
  readonly tree: TreeWatch
  readonly leftOut: ReadonlyMap<string, ReadonlySet<string>>
  readonly mirrored: MirroredByService
  /** Remove the image that a rebuild replaces. */
  readonly prunes: boolean
  /** It continues an earlier one, whose beginning was told. */
  readonly isKnown: boolean
  readonly hooks: WatchHooks
}

/** Why a session ended. */
export type SessionEnd = 'interrupted' | 'file-changed'

/** Changes within that time are one burst to everything but the copying of files, which waits for nothing. */
const SETTLE_MS = 120
/** And so long at most. */
const LONGEST_BURST_MS = 2000
/** How often containers are looked for that others have made. */
const LOOK_MS = 2000

/**
 * Copies what changes at once, and does what else the rules want when a burst of changes is over: all of it once. Builds and
 * restarts run beside the copying, one at a time.
 */
export class WatchSession {
  readonly #options: WatchSessionOptions
  readonly #mirror: ServiceMirror
  readonly #actions = new WatchActions()
  readonly #files: ReadonlySet<BytePath>
  #running: Promise<void> | undefined
  #dueAt = Number.POSITIVE_INFINITY
  #isFileChanged = false
  /** More of a burst may come. */
  #isBurst = false

  constructor(options: WatchSessionOptions) {
    this.#options = options
    const { context, project, rules, tree, leftOut, mirrored, hooks } = options
    const { signal, onEvent } = hooks
    this.#files = new Set(options.files.map(bytePath))
    this.#mirror = new ServiceMirror({
      ...{ engine: context.engine, project: project.name, rules, tree, leftOut, mirrored, onEvent, signal },
      lock: { command: hooks.command, signal, onWait: () => {} },
    })
  }

  /** Runs until it is interrupted, or until the Compose file was edited so that another session has to begin. */
  async run(): Promise<SessionEnd> {
    const { hooks, rules, isKnown } = this.#options
    const { signal } = hooks
    this.#add(await this.#mirror.catchUp())
    if (!isKnown) hooks.onEvent({ kind: 'enabled', services: rules.services })
    try {
      while (!signal.aborted) {
        await this.#takeChanges()
        if (this.#isFileChanged && !signal.aborted) return 'file-changed'
        if (this.#isDue()) this.#act()
      }
      return 'interrupted'
    } finally {
      await this.#running
    }
  }

  async #takeChanges(): Promise<void> {
    const { tree, hooks, rules } = this.#options
    const { signal } = hooks
    const waitMs = this.#actions.isEmpty ? LOOK_MS : SETTLE_MS
    const { paths, isMore } = await tree.next({ signal, waitMs })
    const wasBurst = this.#isBurst
    this.#isBurst = isMore
    if (signal.aborted) return
    if (paths.some(path => this.#files.has(path))) this.#isFileChanged = true
    const matches = paths.flatMap(path => rules.matching(path))
    if (matches.length > 0) {
      await this.#mirror.apply(matches, { isMore })
      this.#add(matches)
      return
    }
    if (wasBurst && !isMore) this.#mirror.endBurst()
    if (wasBurst || paths.length > 0) return
    if (this.#actions.isEmpty) this.#add(await this.#mirror.catchUp())
    else this.#dueAt = 0
  }

  #add(matches: readonly RuleMatch[]): void {
    const wasEmpty = this.#actions.isEmpty
    this.#actions.add(matches)
    if (wasEmpty) this.#dueAt = performance.now() + LONGEST_BURST_MS
  }

  #isDue(): boolean {
    return !this.#actions.isEmpty && this.#running === undefined && performance.now() >= this.#dueAt
  }

  #act(): void {
    this.#running = this.#perform().finally(() => {
      this.#running = undefined
    })
  }

  async #perform(): Promise<void> {
    const { rebuild, restart: restarted, commands } = this.#actions.take()
    const { onEvent } = this.#options.hooks
    try {
      if (rebuild.length > 0) await this.#rebuild(rebuild)
      if (restarted.length > 0) await this.#restart(restarted)
      await Promise.all(commands.map(command => this.#execute(command)))
    } catch (error) {
      if (!(error instanceof TcomposeError)) throw error
      onEvent({ kind: 'failed', error })
    }
  }

  async #rebuild(services: readonly string[]): Promise<void> {
    const { context, request, project, prunes, hooks } = this.#options
    const { engine } = context
    hooks.onEvent({ kind: 'rebuilding', services })
    const options: UpOptions = { ...PLAIN_UP, services, noDeps: true, build: 'always' }
    const before = await engine.observe(project.name, [])
    const isDone = await hooks.run('up', runHooks => up(context, { request, options, hooks: runHooks }))
    hooks.onEvent({ kind: isDone ? 'rebuilt' : 'rebuild-failed', services })
    if (isDone && prunes) await pruneReplacedImages(engine, { project: project.name, before, services })
    await this.#mirror.catchUp()
  }

  async #restart(services: readonly string[]): Promise<void> {
    const { context, request, hooks } = this.#options
    const options = { services, timeout: undefined }
    const isDone = await hooks.run('restart', runHooks =>
      restart(context, { request, options, hooks: runHooks }),
    )
    hooks.onEvent({ kind: isDone ? 'restarted' : 'restart-failed', services })
    this.#add(await this.#mirror.catchUp())
  }

  async #execute({ service, command }: DueCommand): Promise<void> {
    const { context, project, hooks } = this.#options
    const { engine } = context
    const { argv, environment, user, workingDir, privileged } = command
    const { containers } = await engine.observe(project.name, [])
    const running = containers.filter(each => each.service === service && each.state.kind === 'running')
    for (const { id, name } of running) {
      const exitCode = await engine.exec(project.name, id, {
        ...{ argv, user, workingDir, privileged, io: hooks.commandIo },
        environment: [...environment].map(([key, value]) => `${key}=${value}`),
      })
      hooks.onEvent({ kind: 'executed', name, argv, exitCode })
    }
  }
}
