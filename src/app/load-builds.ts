import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import type { Project } from '../model/project.ts'
import type { BuildOverrides, DesiredState } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import { type BuildFlags, buildOverrides } from './build-flags.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { projectVariables } from './project-variables.ts'

/** Whose images to build, and how. */
export interface BuildOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  /** The images of what they depend on too. */
  readonly withDependencies: boolean
  readonly flags: BuildFlags
}

/** What `build` does. */
export interface BuildCall extends BuildOptions {
  /** Push the images that the file names. */
  readonly push: boolean
}

/** What builds are planned from, or why it cannot be had. */
export type LoadedBuilds =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'loaded'
      readonly project: Project
      /** Of the services of the request. */
      readonly desired: DesiredState
      readonly overrides: BuildOverrides
      readonly diagnostics: readonly Diagnostic[]
    }

/** Loads the project of a request to build. */
export async function loadBuilds(
  context: AppContext,
  request: ProjectRequest,
  { services, withDependencies, flags }: BuildOptions,
): Promise<LoadedBuilds> {
  const { project, diagnostics } = await loadRequested(context, request, services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const desired = desiredOf(project, { services, noDeps: !withDependencies, scale: new Map() })
  const { workingDirectory } = context
  const namesVariable = flags.args.some(arg => !arg.includes('='))
  const variables = namesVariable
    ? await projectVariables(context, request, project)
    : new Map<string, string>()
  const overrides = buildOverrides(flags, { variables, workingDirectory })
  return { kind: 'loaded', project, desired, overrides, diagnostics }
}
