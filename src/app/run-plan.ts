import type { Diagnostic } from '../base/diagnostic.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type {
  Attachment,
  ExecutionReport,
  PrepareModel,
  RunProvider,
  ServiceFiles,
} from '../engine/engine.ts'
import type { ImageRequest } from '../model/image-request.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Origins, Project } from '../model/project.ts'
import type { Plan } from '../planner/plan.ts'
import type { AppContext } from './app-context.ts'
import { beginRun } from './begin-run.ts'
import { callerOf } from './caller-of.ts'
import type { RunHooks } from './command-call.ts'
import { engineFor } from './rehearsal.ts'

/** How a command ended that changes what runs. */
export type RunResult =
  /** The file or the options are wrong. Nothing was changed. */
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** The host cannot do what the file asks. Nothing was changed. */
  | { readonly kind: 'refused'; readonly errors: readonly TcomposeError[]; readonly origins: Origins }
  | {
      readonly kind: 'ran'
      readonly project: ProjectName
      readonly plan: Plan
      readonly report: ExecutionReport
      readonly origins: Origins
      readonly diagnostics: readonly Diagnostic[]
    }

export interface PlannedRun {
  readonly name: ProjectName
  readonly project: Project | undefined
  readonly origins: Origins
  readonly diagnostics: readonly Diagnostic[]
  /** The images to look up. */
  readonly images: readonly ImageRequest[]
  /** Secrets and configs of what is started. @default nothing is started */
  readonly files?: ServiceFiles
  /** @default no container is joined to the caller */
  readonly attachment?: Attachment | undefined
  /** Runs providers. @default the plan has none */
  readonly runProvider?: RunProvider
  /** Has AI models set up. @default the plan has none */
  readonly prepareModel?: PrepareModel
  readonly plan: (observed: ObservedState) => Plan
  /** Does nothing for a project that has nothing any more. @default its folders are made */
  readonly isForPresent?: boolean
}

/**
 * Observes, plans and applies under the project's lock. What prevents the plan is reported before anything is
 * changed.
 *
 * @throws {TcomposeError} `not-root`.
 */
export async function runPlan(context: AppContext, run: PlannedRun, hooks: RunHooks): Promise<RunResult> {
  requireRoot(context)
  const engine = engineFor(context.engine, hooks)
  const { name, project, origins, diagnostics, files, attachment, runProvider, prepareModel } = run
  await using lock = await (run.isForPresent ? engine.lockPresent(name, hooks) : engine.lock(name, hooks))
  const observed = await engine.observe(name, run.images, { firewall: true })
  const plan = run.plan(observed)
  if (lock === undefined)
    return { kind: 'ran', project: name, plan, report: { outcomes: new Map() }, origins, diagnostics }
  const errors = await engine.preflight(plan)
  if (errors.length > 0) return { kind: 'refused', errors, origins }
  beginRun(engine, { name, plan }, hooks)
  const report = await engine.execute(plan, {
    source: project === undefined ? undefined : { workingDir: project.workingDir, files: project.files },
    signal: hooks.signal,
    onEvent: hooks.onEvent,
    parallel: hooks.parallel,
    ...(files && { files }),
    ...(attachment && { attachment }),
    ...(runProvider && { runProvider }),
    ...(prepareModel && { prepareModel }),
    caller: callerOf(context.environment),
  })
  return { kind: 'ran', project: name, plan, report, origins, diagnostics }
}

/** @throws {TcomposeError} `not-root`. */
export function requireRoot({ isRoot }: AppContext): void {
  if (isRoot) return
  throw new TcomposeError(
    'not-root',
    'Cannot work with containers and images: tcompose must be run as root',
    {
      hint: 'Run the command again with sudo; running without root is not supported by this version',
    },
  )
}
