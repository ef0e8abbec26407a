import type { FailedBuildStep, FollowOptions, LockHolder, LogEvent, StepEvent } from '../engine/engine.ts'
import type { Plan } from '../planner/plan.ts'
import type { ProjectRequest } from './project-request.ts'

/** A command that changes what runs, as it was given. */
export interface CommandCall<Options> {
  readonly request: ProjectRequest
  readonly options: Options
  readonly hooks: RunHooks
}

/** What happens while a command works. */
export interface RunHooks {
  readonly signal: AbortSignal
  /** Plan and report each step without doing it. @default false */
  readonly isDryRun?: boolean | undefined
  /** The command as the user gave it. */
  readonly command: string
  /** The plan is made; its first step is about to run. */
  readonly onPlan: (plan: Plan) => void
  readonly onEvent: (event: StepEvent) => void
  /** Resolves when what is shown of events was taken by its reader; output of commands waits for it. @default at once */
  readonly whenShown?: (() => Promise<void>) | undefined
  /** Steps that run at a time. @default no limit */
  readonly parallel?: number | undefined
  /** Another command holds the project's lock. */
  readonly onWait: (holder: LockHolder) => void
  /** Registries are about to be asked what `images` are now, since the plan depends on it. @default not reported */
  readonly onAsk?: (images: readonly string[]) => void
  /** A command of a build failed; its files are kept until this resolves. @default they are removed at once */
  readonly onFailedBuildStep?: ((failed: FailedBuildStep) => Promise<void>) | undefined
  /** Whom to follow during the run and afterwards. @default nobody */
  readonly follow?: RunFollower
}

/** Whom a run follows from before its first step on. */
export interface RunFollower extends Omit<FollowOptions, 'tail'> {
  /** Takes what containers write and how they end. What they wrote before is left out. */
  readonly onFollowed: (events: AsyncIterable<LogEvent>) => void
}
