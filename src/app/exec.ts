import type { ErrorName } from '../base/error-codes.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ExecOptions, ExecResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireContainer } from './require-container.ts'
import { requireRoot } from './run-plan.ts'

/**
 * Runs a process in a container of a service.
 *
 * @throws {TcomposeError} `not-root`, `container-not-running`, and what the engine throws.
 */
export async function exec(
  context: AppContext,
  request: ProjectRequest,
  options: ExecOptions,
): Promise<ExecResult> {
  const found = await findProject(context, request, [options.service])
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { containers } = await context.engine.observe(found.name, [])
  const container = requireContainer(containers, { service: options.service, number: options.index })
  try {
    return { kind: 'exited', exitCode: await context.engine.exec(found.name, container.id, options) }
  } catch (error) {
    const exitCode = error instanceof TcomposeError ? SHELL_EXIT_CODES.get(error.code) : undefined
    if (exitCode === undefined || !(error instanceof TcomposeError)) throw error
    return { kind: 'not-started', error, exitCode }
  }
}

/** POSIX.1-2024, Shell Command Language, 2.8.2. */
const SHELL_EXIT_CODES: ReadonlyMap<ErrorName, number> = new Map([
  ['program-not-found', 127],
  ['program-not-executable', 126],
])
