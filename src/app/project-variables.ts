import type { Project } from '../model/project.ts'
import type { AppContext } from './app-context.ts'
import { toLoadRequest } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/**
 * Returns the variables of a project: those of the process, then those of its env files. Only for what names one, since
 * it loads a part of the parser.
 */
export async function projectVariables(
  context: AppContext,
  request: ProjectRequest,
  { workingDir }: Pick<Project, 'workingDir'>,
): Promise<ReadonlyMap<string, string>> {
  const parser = await import('../parser/environment/project-environment.ts')
  const wanted = toLoadRequest(context, request)
  const ports = { files: context.files, environment: context.environment }
  const early = parser.projectEnvironment(wanted, ports)
  if (workingDir === parser.startFolder(wanted)) return early.variables
  return parser.withDefaultEnvFile(early, workingDir, { request: wanted, ports }).variables
}
