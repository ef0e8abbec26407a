import type { AppContext } from './app-context.ts'
import type { ConfigResult, ConfigView } from './config-view.ts'
import { loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/**
 * Reads and checks the file of `request`, and returns what `view` asks of it. Keys that this version does not run are
 * warnings.
 *
 * @throws {TcomposeError} `image-source-unsupported` for a digest that this version cannot look up.
 */
export async function config(
  context: AppContext,
  request: ProjectRequest,
  view: ConfigView,
): Promise<ConfigResult> {
  if (view.kind === 'check') return checkFile(context, request)
  // The parser itself is loaded for this alone.
  const { renderConfig } = await import('./render-config.ts')
  return renderConfig(context, request, view)
}

/** What an earlier load of the same input returned is enough, so an unchanged file is not parsed again. */
async function checkFile(context: AppContext, request: ProjectRequest): Promise<ConfigResult> {
  const { project, diagnostics } = await loadRequested(context, { ...request, allowUnsupported: true })
  return project === undefined ? { kind: 'invalid', diagnostics } : { kind: 'lines', lines: [], diagnostics }
}
