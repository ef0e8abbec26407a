import { once } from '../base/once.ts'
import type { RunProvider } from '../engine/engine.ts'
import type { Project } from '../model/project.ts'
import type { AppContext } from './app-context.ts'
import type { ProjectRequest } from './project-request.ts'
import { projectVariables } from './project-variables.ts'

/** Returns what runs the providers of a project: in the caller's folder, with the variables of the project. */
export function providerRunner(
  context: AppContext,
  { request, project }: { readonly request: ProjectRequest; readonly project: Project | undefined },
): RunProvider {
  const variables = once(async () =>
    project === undefined ? context.environment : await projectVariables(context, request, project),
  )
  return async asked =>
    context.runProvider({ ...asked, folder: context.workingDirectory, environment: await variables() })
}
