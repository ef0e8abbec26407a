import { hasErrors } from '../base/diagnostic.ts'
import type { AppContext } from './app-context.ts'
import { askRegistries, wantedImages, withOffers } from './ask-registries.ts'
import { changedSources } from './changed-sources.ts'
import { checkHostPorts } from './check-host-ports.ts'
import type { CommandCall } from './command-call.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import { reportUnchanged } from './report-unchanged.ts'
import { type PlannedRun, type RunResult, requireRoot, runPlan } from './run-plan.ts'
import { serviceFileReader } from './service-file-reader.ts'
import { buildForUp } from './up-builds.ts'
import { imageChoice, type UpOptions, upPlan } from './up-plan.ts'
import { withDigests } from './with-digests.ts'

/** Makes what runs match the file. */
export async function up(
  context: AppContext,
  { request, options, hooks }: CommandCall<UpOptions>,
): Promise<RunResult> {
  const { project: loaded, diagnostics } = await loadRequested(context, request, options.services)
  if (loaded === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  requireRoot(context)
  const selected = desiredOf(loaded, options)
  const clashes = checkHostPorts(selected, loaded.origins)
  if (clashes.length > 0) return { kind: 'invalid', diagnostics: [...diagnostics, ...clashes] }
  const read = serviceFileReader(context, { request, project: loaded, signal: hooks.signal })
  const digests = await withDigests(loaded, selected, { engine: context.engine, read })
  if (digests.kind === 'unreadable') {
    return { kind: 'refused', errors: digests.errors, origins: loaded.origins }
  }
  const { project, files } = digests
  const desired = desiredOf(project, options)
  const choice = { ...imageChoice(options), forecasts: await changedSources(context, desired, options) }
  const { signal, onAsk } = hooks
  const answer = await askRegistries(context.engine, { desired, choice, signal, onAsk })
  if (answer.kind === 'failed') {
    return { kind: 'refused', errors: answer.errors, origins: project.origins }
  }
  const run: PlannedRun = {
    name: project.name,
    project,
    origins: project.origins,
    diagnostics,
    images: wantedImages(desired),
    files,
    plan: observed => upPlan(desired, withOffers(observed, answer.ids), { project, options, choice }),
  }
  const unchanged = await reportUnchanged(context, run, hooks)
  if (unchanged !== undefined) return unchanged
  const failed = await buildForUp(context, { request, project, desired, choice, diagnostics }, hooks)
  if (failed !== undefined) return failed
  const built = { ...choice, build: choice.build === 'never' ? choice.build : 'done' } as const
  return await runPlan(
    context,
    {
      ...run,
      plan: observed =>
        upPlan(desired, withOffers(observed, answer.ids), { project, options, choice: built }),
    },
    hooks,
  )
}
