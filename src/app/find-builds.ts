import type { Diagnostic } from '../base/diagnostic.ts'
import type { ImageBuild } from '../model/build-event.ts'
import type { Project } from '../model/project.ts'
import { planBuildImages } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import { buildsOf } from './builds-of.ts'
import { type BuildOptions, type LoadedBuilds, loadBuilds } from './load-builds.ts'
import type { ProjectRequest } from './project-request.ts'

/** The builds that a request names, or why there are none. */
export type FoundBuilds =
  | Extract<LoadedBuilds, { readonly kind: 'invalid' }>
  | {
      readonly kind: 'found'
      readonly project: Project
      readonly builds: readonly ImageBuild[]
      readonly diagnostics: readonly Diagnostic[]
    }

/**
 * Returns the builds of the services of `options` that are built, and of those whose images `additional_contexts` name. No
 * Dockerfile is read.
 */
export async function findBuilds(
  context: AppContext,
  request: ProjectRequest,
  options: BuildOptions,
): Promise<FoundBuilds> {
  const loaded = await loadBuilds(context, request, options)
  if (loaded.kind === 'invalid') return loaded
  const { project, desired, overrides, diagnostics } = loaded
  return { kind: 'found', project, builds: buildsOf(planBuildImages(desired, { overrides })), diagnostics }
}
