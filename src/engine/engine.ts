import type { AbsolutePath } from '../base/absolute-path.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { ContainerId, ProjectName } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Plan, Step } from '../planner/plan.ts'

/**
 * Where projects run. Nothing here assumes a pid, a path of the host or a bridge, so that a cluster can stand
 * behind it as well as this machine.
 */
export interface Engine {
  /** Takes the project's lock, waiting for its holder; `onWait` hears for whom. */
  lock(project: ProjectName, options: LockOptions): Promise<AsyncDisposable>
  /** Returns what exists. `images` are the references to look up. */
  observe(project: ProjectName, images: readonly string[]): Promise<ObservedState>
  /** Carries out `plan`; never rejects for a step that fails. The caller holds the lock. */
  execute(plan: Plan, options: ExecuteOptions): Promise<ExecutionReport>
  /** Names of the projects that have anything on this engine. */
  projects(): Promise<readonly ProjectName[]>
  logs(project: ProjectName, options: LogOptions): AsyncIterable<LogLine>
  /** Runs a process in a running container and returns its exit code. */
  exec(container: ContainerId, request: ExecRequest): Promise<number>
  /** Ends when `signal` aborts. */
  events(project: ProjectName, signal: AbortSignal): AsyncIterable<ContainerEvent>
}

export interface LockOptions {
  /** The command as the user gave it, for the one who waits. */
  readonly command: string
  readonly signal: AbortSignal
  readonly onWait: (holder: LockHolder) => void
}

export interface LockHolder {
  readonly pid: number
  readonly command: string
}

/** What `execute` needs to know about the project beyond the plan. */
export interface ExecuteOptions {
  readonly workingDir: AbsolutePath
  readonly files: readonly string[]
  readonly signal: AbortSignal
  readonly onEvent: (event: StepEvent) => void
}

export type StepEvent =
  | { readonly kind: 'step-started'; readonly step: Step }
  | { readonly kind: 'step-progress'; readonly step: Step; readonly message: string }
  | {
      readonly kind: 'step-finished'
      readonly step: Step
      readonly outcome: Outcome
      readonly tookMs: number
    }
  | { readonly kind: 'warning'; readonly step: Step; readonly message: string }

export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: TcomposeError }
  | { readonly kind: 'skipped'; readonly blockedBy: number }
  | { readonly kind: 'cancelled' }

export interface ExecutionReport {
  readonly outcomes: ReadonlyMap<number, Outcome>
}

export interface LogOptions {
  /** Containers to read; empty is all. */
  readonly services: readonly string[]
  readonly follow: boolean
  /** Count of last lines per container; undefined is all. */
  readonly tail: number | undefined
  readonly signal: AbortSignal
}

export interface LogLine {
  readonly container: ContainerId
  readonly name: string
  readonly service: string
  readonly number: number
  readonly stream: 'stdout' | 'stderr'
  /** RFC 3339 with nanoseconds. */
  readonly time: string
  /** Without its line end. */
  readonly text: string
}

export interface ExecRequest {
  readonly argv: readonly string[]
  /** `NAME=value` lines. */
  readonly environment: readonly string[]
  readonly workingDir: string | undefined
  readonly user: string | undefined
  readonly privileged: boolean
  readonly tty: boolean
  readonly detach: boolean
}

export interface ContainerEvent {
  readonly time: number
  readonly action: 'start' | 'die' | 'restart' | 'health'
  readonly container: ContainerId
  readonly service: string
  readonly number: number
  readonly attributes: Readonly<Record<string, string>>
}
