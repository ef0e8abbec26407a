import { hasErrors } from '../base/diagnostic.ts'
import type { AppContext } from './app-context.ts'
import { bringUp } from './bring-up.ts'
import type { CommandCall } from './command-call.ts'
import { loadToStart } from './load-to-start.ts'
import { type RunResult, requireRoot } from './run-plan.ts'
import type { UpOptions } from './up-plan.ts'

/** Makes what runs match the file. */
export async function up(
  context: AppContext,
  { request, options, hooks }: CommandCall<UpOptions>,
): Promise<RunResult> {
  const { project, diagnostics } = await loadToStart(context, request, options.services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  requireRoot(context)
  return bringUp(context, { request, loaded: project, diagnostics, options }, hooks)
}
