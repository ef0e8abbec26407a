import type { Diagnostic } from '../base/diagnostic.ts'
import type { Attachment } from '../engine/engine.ts'
import type { Project } from '../model/project.ts'
import type { Selection } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import { askRegistries, wantedImages, withOffers } from './ask-registries.ts'
import { changedSources } from './changed-sources.ts'
import { checkClashes } from './check-clashes.ts'
import { checkSelection } from './check-selection.ts'
import type { RunHooks } from './command-call.ts'
import { desiredWith } from './desired-of.ts'
import { hostRefusals } from './host-refusals.ts'
import { withDraftProblems } from './load-to-start.ts'
import type { ProjectRequest } from './project-request.ts'
import { provideForUp, withWarnings } from './provide-for-up.ts'
import { providerRunner } from './provider-runner.ts'
import { reportUnchanged } from './report-unchanged.ts'
import { type PlannedRun, type RunResult, runPlan } from './run-plan.ts'
import { serviceFileReader } from './service-file-reader.ts'
import { buildForUp } from './up-builds.ts'
import { imageChoice, type UpOptions, upPlan } from './up-plan.ts'
import { withDigests } from './with-digests.ts'

/** A project that was loaded, and what of it is to be made. */
export interface BringUp {
  readonly request: ProjectRequest
  readonly loaded: Project
  /** Of the load. */
  readonly diagnostics: readonly Diagnostic[]
  readonly options: UpOptions
  /** @default none */
  readonly oneOff?: Selection['oneOff'] | undefined
  /** @default no container is joined to the caller */
  readonly attachment?: Attachment | undefined
}

/** Makes what runs match a project: builds and fetches images first, then plans and applies under the project's lock. */
export async function bringUp(context: AppContext, call: BringUp, hooks: RunHooks): Promise<RunResult> {
  const { request, loaded: declared, diagnostics, options, attachment } = call
  const desiredOf = desiredWith({ ...options, oneOff: call.oneOff })
  const wanted = desiredOf(declared)
  const refused = checkSelection(wanted)
  if (refused.length > 0) return { kind: 'refused', errors: refused, origins: declared.origins }
  const clashes = checkClashes(wanted, declared.origins)
  if (clashes.length > 0) {
    const found = { project: declared, diagnostics: [...diagnostics, ...clashes] }
    return { kind: 'invalid', diagnostics: (await withDraftProblems(context, request, found)).diagnostics }
  }
  const read = serviceFileReader(context, { request, project: declared, signal: hooks.signal })
  const digests = await withDigests(declared, wanted, { engine: context.engine, read })
  if (digests.kind === 'unreadable') {
    return { kind: 'refused', errors: digests.errors, origins: declared.origins }
  }
  const { project: digested, files } = digests
  const lacking = await hostRefusals(context, { project: digested, options, oneOff: call.oneOff })
  if (lacking.length > 0) return { kind: 'refused', errors: lacking, origins: declared.origins }
  const provided = await provideForUp(
    context,
    { request, project: digested, desired: desiredOf(digested), diagnostics },
    hooks,
  )
  if (provided.kind === 'ended') return provided.result
  const { project, warnings } = provided
  const desired = desiredOf(project)
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
    runProvider: providerRunner(context, { request, project: declared }),
    attachment,
    plan: observed =>
      withWarnings(upPlan(desired, withOffers(observed, answer.ids), { project, options, choice }), warnings),
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
        withWarnings(
          upPlan(desired, withOffers(observed, answer.ids), { project, options, choice: built }),
          warnings,
        ),
    },
    hooks,
  )
}
