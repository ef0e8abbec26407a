import { planBuildImages } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { type BuildOptions, loadBuilds } from './load-builds.ts'
import { runBuilds } from './run-builds.ts'
import { type RunResult, requireRoot } from './run-plan.ts'
import { withDockerfileImages } from './with-dockerfile-images.ts'

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
  const loaded = await loadBuilds(context, request, options)
  if (loaded.kind === 'invalid') return loaded
  requireRoot(context)
  const { project, desired, overrides, diagnostics } = loaded
  const { push } = options
  // What an image is made from decides the order alone, and nothing comes before or after a single build.
  const isAlone = desired.builds.size < 2
  const planFor: Parameters<typeof withDockerfileImages>[1] = dockerfileImages =>
    planBuildImages(desired, { overrides, push, dockerfileImages })
  const plan = isAlone ? planFor(undefined) : await withDockerfileImages(context.engine, planFor)
  return await runBuilds(context, { request, project, plan, diagnostics }, hooks)
}
