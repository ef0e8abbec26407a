import type { AppContext } from './app-context.ts'
import { buildPlan } from './build-plan.ts'
import type { CommandCall } from './command-call.ts'
import { type BuildOptions, findBuilds } from './find-builds.ts'
import { namedImages } from './named-images.ts'
import { type RunResult, requireRoot } from './run-plan.ts'

/** What `build` does. */
export interface BuildCall extends BuildOptions {
  /** Push the images that the file names. */
  readonly push: boolean
}

/** Builds the images of services. Nothing of the project changes, so its lock is not taken. */
export async function build(
  context: AppContext,
  { request, options, hooks }: CommandCall<BuildCall>,
): Promise<RunResult> {
  const found = await findBuilds(context, request, options)
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { project, builds, diagnostics } = found
  const images = await namedImages(context.engine, builds)
  const plan = buildPlan({ project, builds, images, push: options.push })
  hooks.onPlan(plan)
  const { signal, onEvent, parallel } = hooks
  const { name, origins, files, workingDir } = project
  const report =
    plan.steps.length === 0
      ? { outcomes: new Map() }
      : await context.engine.execute(plan, {
          source: { workingDir, files },
          signal,
          onEvent,
          parallel,
          environment: context.environment,
          onFailedBuildStep: hooks.onFailedBuildStep,
        })
  return { kind: 'ran', project: name, plan, report, origins, diagnostics }
}
