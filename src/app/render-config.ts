import { toComposeJson, toComposeYaml } from '../parser/compose-output/to-compose-output.ts'
import { loadComposeDocument } from '../parser/load-compose-document.ts'
import type { RenderedConfig } from './app.ts'
import type { AppContext } from './app-context.ts'
import { loadRequested, toLoadRequest } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Reads the file of `request` and returns it in docker compose's canonical form. */
export function renderConfig(
  context: AppContext,
  request: ProjectRequest,
  format: 'yaml' | 'json',
): RenderedConfig {
  const lenient = { ...request, allowUnsupported: true }
  const { project, diagnostics } = loadRequested(context, lenient)
  if (project === undefined) return { project, diagnostics, text: undefined }
  const { value } = loadComposeDocument(toLoadRequest(context, lenient), context)
  const render = format === 'yaml' ? toComposeYaml : toComposeJson
  return { project, diagnostics, text: value === undefined ? undefined : render(value) }
}
