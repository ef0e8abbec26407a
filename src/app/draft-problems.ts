import type { Diagnostic } from '../base/diagnostic.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { Project } from '../model/project.ts'
import type { ServiceFile } from '../model/service-file.ts'
import type { AppContext } from './app-context.ts'
import { failureDiagnostic } from './failure-diagnostic.ts'
import { forecastHost } from './forecast-host.ts'
import type { ProjectRequest } from './project-request.ts'
import { type ReadServiceFile, serviceFileReader } from './service-file-reader.ts'

/**
 * Returns what `up` would find wrong with a project only once its file is mended: secrets and configs that cannot be read, and
 * what the host does not have. No program that gives a secret is run for it.
 */
export async function draftProblems(
  context: AppContext,
  request: ProjectRequest,
  draft: Project,
): Promise<readonly Diagnostic[]> {
  const services = [...draft.services.values()]
  const read = serviceFileReader(context, { request, project: draft })
  const files = services.flatMap(service => service.files ?? [])
  const errors = [
    ...(await Promise.all(files.map(file => readingProblems(file, read)))).flat(),
    ...(await forecastHost(context.engine, services)).problems,
  ]
  return errors.map(error => failureDiagnostic(error, draft.origins))
}

async function readingProblems(file: ServiceFile, read: ReadServiceFile): Promise<readonly TcomposeError[]> {
  if (file.source.kind === 'command') return []
  try {
    await read(file)
    return []
  } catch (error) {
    if (!(error instanceof TcomposeError)) throw error
    return [error]
  }
}
