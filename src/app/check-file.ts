import type { ConfigResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/**
 * Checks the file of `request` alone. What an earlier load of the same input gave is enough to answer, so a file that
 * has not changed is not read by the parser again.
 */
export async function checkFile(context: AppContext, request: ProjectRequest): Promise<ConfigResult> {
  const { project, diagnostics } = await loadRequested(context, { ...request, allowUnsupported: true })
  return project === undefined ? { kind: 'invalid', diagnostics } : { kind: 'lines', lines: [], diagnostics }
}
