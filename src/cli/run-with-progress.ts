import { planToText, type RunHooks, type RunResult } from '../app/index.ts'
import { type CommandContext, runHooks } from './command-context.ts'
import { reportRun } from './report.ts'
import { openProgress } from './views/open-progress.ts'
import { type ProgressView, without } from './views/progress-view.ts'
import { safeText } from './views/safe-text.ts'

/** A run to be shown. */
export interface ShownRun {
  /** Heads the progress, e.g. `up`. */
  readonly title: string
  readonly run: (hooks: RunHooks, view: ProgressView) => Promise<RunResult>
  /** What cancels it. @default the first Ctrl-C */
  readonly signal?: AbortSignal
  /** Leave out how far pulls are. @default false */
  readonly quietPull?: boolean
  /** Leave out the steps of builds. @default false */
  readonly quietBuild?: boolean
  /** Steps that fail are warnings. @default false */
  readonly toleratesFailures?: boolean
}

/** Runs, shows progress meanwhile and failures at the end, and returns the exit code. */
export async function runWithProgress(
  context: CommandContext,
  { title, run, signal, quietPull = false, quietBuild = false, toleratesFailures = false }: ShownRun,
): Promise<number> {
  const opened = await openProgress(title, context.settings, context.ports)
  const view = without(opened, [
    ...(quietPull ? ['step-progress' as const] : []),
    ...(quietBuild ? ['build' as const] : []),
  ])
  let result: RunResult
  try {
    result = await run(runHooks(context, view, signal), view)
  } finally {
    await view.close()
  }
  if (context.isDryRun && result.kind === 'ran') context.ports.stdout.write(safeText(planToText(result.plan)))
  return reportRun(context, result, { toleratesFailures })
}
