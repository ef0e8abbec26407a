import type { AttachedContainer, AttachedIo } from '../engine/engine.ts'
import type { ContainerId } from '../model/names.ts'
import { planRemoveOneOff } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import { bringUp } from './bring-up.ts'
import type { CommandCall, RunHooks } from './command-call.ts'
import { type OneOffOptions, type PreparedRun, prepareRun } from './prepare-run.ts'
import { type RunResult, requireRoot, runPlan } from './run-plan.ts'
import type { UpOptions } from './up-plan.ts'

/** A command to run once, and how what it needs is brought up. */
export interface RunOptions
  extends OneOffOptions,
    Pick<UpOptions, 'noDeps' | 'removeOrphans' | 'pull' | 'build'> {
  /** What its streams are joined to. @default nothing: it runs in the background */
  readonly io?: AttachedIo | undefined
  /** Called before the process is made whose streams are joined, with what it will be. @default nobody is told */
  readonly onStarting?: (container: Promise<AttachedContainer>) => void
}

/** What came of the start of a one-off. `result` is that of the plan. */
export type OneOffResult =
  | { readonly kind: 'not-started'; readonly result: RunResult }
  | { readonly kind: 'started'; readonly result: RunResult; readonly run: StartedRun }

/** A one-off that was started. */
export interface StartedRun {
  readonly id: ContainerId
  /** Undefined for one in the background. */
  readonly container: AttachedContainer | undefined
  /** Removes it, if it was to go when it has ended. */
  finish(): Promise<RunResult | undefined>
}

/**
 * Runs a command in a container of its own, beside those of its service: starts what the service depends on, then the
 * container. The project is not locked while it runs.
 *
 * @throws {TcomposeError} `not-root`.
 */
export async function run(
  context: AppContext,
  { request, options, hooks }: CommandCall<RunOptions>,
): Promise<OneOffResult> {
  const prepared = await prepareRun(context, request, options)
  if (prepared.kind === 'invalid') return { kind: 'not-started', result: prepared }
  requireRoot(context)
  const { project, oneOff, diagnostics } = prepared
  const { service, io } = options
  let container: AttachedContainer | undefined
  const started = Promise.withResolvers<AttachedContainer>()
  const attachment = io && {
    replica: { service, number: 0, slug: oneOff.slug },
    io,
    onStarting: () => options.onStarting?.(started.promise),
    onStarted: (attached: AttachedContainer) => {
      container = attached
      started.resolve(attached)
    },
  }
  const what = { request, loaded: project, diagnostics, attachment, oneOff: { service, oneOff } }
  const result = await bringUp(context, { ...what, options: upOptions(options) }, hooks)
  if (result.kind !== 'ran' || hooks.isDryRun) return { kind: 'not-started', result }
  const finish = () => removeOneOff(context, prepared, hooks)
  const { oneOffs = [] } = await context.engine.observe(project.name, [])
  const id = oneOffs.find(({ slug }) => slug === oneOff.slug)?.id
  if (id !== undefined && isDone(result)) return { kind: 'started', result, run: { id, container, finish } }
  container?.[Symbol.dispose]()
  await finish()
  return { kind: 'not-started', result }
}

/** Returns what `up` is asked for, for what a one-off needs. */
export function upOptions({
  service,
  noDeps,
  removeOrphans,
  pull,
  build,
}: Omit<RunOptions, 'io'>): UpOptions {
  return {
    ...{ services: [service], noDeps, removeOrphans, pull, build },
    ...{ forceRecreate: false, noRecreate: false, noStart: false, renewAnonymousVolumes: false },
    ...{ scale: new Map(), timeout: undefined, wait: false },
  }
}

function isDone({ report }: Extract<RunResult, { kind: 'ran' }>): boolean {
  return [...report.outcomes.values()].every(({ kind }) => kind === 'done')
}

/** What another command has removed meanwhile is gone already. Not even an interrupt keeps it from being removed. */
async function removeOneOff(
  context: AppContext,
  { project, oneOff }: Extract<PreparedRun, { kind: 'prepared' }>,
  hooks: RunHooks,
): Promise<RunResult | undefined> {
  if (!oneOff.isRemovedAtEnd) return undefined
  const { name, origins } = project
  const removal = { name, project: undefined, origins, diagnostics: [], images: [] }
  const quiet = { ...hooks, signal: new AbortController().signal, onPlan: () => {}, onEvent: () => {} }
  return await runPlan(context, { ...removal, plan: planRemoveOneOff(oneOff.slug) }, quiet)
}
