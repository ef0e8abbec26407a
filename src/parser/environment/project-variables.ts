import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { LoadPorts, LoadRequest } from '../load-request.ts'
import { projectEnvironment, startFolder, withDefaultEnvFile } from './project-environment.ts'

/**
 * Returns the variables of the project in `workingDir` that `request` means: those of the process, then those of its
 * env files. Secrets of builds take their values from here when they are needed, for no project holds any. Those of
 * the `env_file` of an include are not among them.
 */
export function projectVariables(
  request: LoadRequest,
  ports: LoadPorts,
  workingDir: AbsolutePath,
): ReadonlyMap<string, string> {
  const early = projectEnvironment(request, ports)
  const environment =
    workingDir === startFolder(request) ? early : withDefaultEnvFile(early, workingDir, { request, ports })
  return environment.variables
}
