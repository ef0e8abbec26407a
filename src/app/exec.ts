import type { Diagnostic } from '../base/diagnostic.ts'
import type { ErrorName } from '../base/error-codes.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ExecRequest } from '../engine/engine.ts'
import { isSameReplica, type ReplicaAddress } from '../model/names.ts'
import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireContainer } from './require-container.ts'
import { requireRoot } from './run-plan.ts'

/** A process to run beside the main one of a container. */
export interface ExecOptions extends ExecRequest {
  readonly service: string
  /** Counts from 1. */
  readonly index: number
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
  const container = targetOf(observed, { service: options.service, number: options.index })
  try {
    return { kind: 'exited', exitCode: await context.engine.exec(found.name, container.id, options) }
  } catch (error) {
    const exitCode = error instanceof TcomposeError ? SHELL_EXIT_CODES.get(error.code) : undefined
    if (exitCode === undefined || !(error instanceof TcomposeError)) throw error
    return { kind: 'not-started', error, exitCode }
  }
}

/**
 * Where the first replica does not run, it is the newest one-off that does.
 *
 * @throws {TcomposeError} `container-not-running` if there is neither.
 */
function targetOf({ containers, oneOffs = [] }: ObservedState, replica: ReplicaAddress): ObservedContainer {
  const isFirstUp = containers.some(other => isSameReplica(other, replica) && other.state.kind === 'running')
  if (replica.number === 1 && !isFirstUp) {
    const [newest] = oneOffs
      .filter(({ service, state }) => service === replica.service && state.kind === 'running')
      .toSorted((a, b) => b.createdAt - a.createdAt)
    if (newest !== undefined) return newest
  }
  return requireContainer(containers, replica)
}

/** POSIX.1-2024, Shell Command Language, 2.8.2. */
const SHELL_EXIT_CODES: ReadonlyMap<ErrorName, number> = new Map([
  ['program-not-found', 127],
  ['program-not-executable', 126],
])
