import type { Diagnostic } from '../base/diagnostic.ts'
import type { ErrorName } from '../base/error-codes.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ExecRequest } from '../engine/engine.ts'
import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireContainer } from './require-container.ts'
import { requireRoot } from './run-plan.ts'

/** A process to run beside the main one of a container. */
export interface ExecOptions extends ExecRequest {
  readonly service: string
  /** Counts from 1. @default the first that runs, or else the newest of `run` */
  readonly index?: number | undefined
}

/** How a process ended that `exec` ran. */
export type ExecResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** There is no such program, or it cannot be run. `exitCode` is a shell's for that: 127 or 126. */
  | { readonly kind: 'not-started'; readonly error: TcomposeError; readonly exitCode: number }

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
  const observed = await context.engine.observe(found.name, [])
  const container = targetOf(observed, options)
  try {
    return { kind: 'exited', exitCode: await context.engine.exec(found.name, container.id, options) }
  } catch (error) {
    const exitCode = error instanceof TcomposeError ? SHELL_EXIT_CODES.get(error.code) : undefined
    if (exitCode === undefined || !(error instanceof TcomposeError)) throw error
    return { kind: 'not-started', error, exitCode }
  }
}

/** @throws {TcomposeError} `container-not-running` if there is none. */
function targetOf(
  { containers, oneOffs = [] }: ObservedState,
  { service, index }: ExecOptions,
): ObservedContainer {
  if (index !== undefined) return requireContainer(containers, { service, number: index })
  const isUp = (other: ObservedContainer) => other.service === service && other.state.kind === 'running'
  const [first] = containers.filter(isUp).toSorted((a, b) => a.number - b.number)
  const [newest] = oneOffs.filter(isUp).toSorted((a, b) => b.createdAt - a.createdAt)
  return first ?? newest ?? requireContainer(containers, { service, number: 1 })
}

/** POSIX.1-2024, Shell Command Language, 2.8.2. */
const SHELL_EXIT_CODES: ReadonlyMap<ErrorName, number> = new Map([
  ['program-not-found', 127],
  ['program-not-executable', 126],
])
