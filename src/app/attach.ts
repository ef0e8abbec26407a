import type { Diagnostic } from '../base/diagnostic.ts'
import type { AttachEnd, AttachRequest } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'
import { findReplica } from './find-replica.ts'
import type { ProjectRequest } from './project-request.ts'

/** Which container, and whose streams. */
export interface AttachOptions extends Omit<AttachRequest, 'onAttached'> {
  readonly service: string
  /** Counts from 1. */
  readonly index: number
  /** Hears when the streams are joined; `signal` sends a signal, e.g. `SIGHUP`, to the main process. */
  readonly onAttached: (signal: (name: string) => Promise<void>) => void
}

/** How it ended. */
export type AttachResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'ended'; readonly end: AttachEnd }

/**
 * Joins the streams of a running container of a service to those of the caller, until it ends or is left.
 *
 * @throws {TcomposeError} `container-not-running`, and what the engine throws.
 */
export async function attach(
  context: AppContext,
  request: ProjectRequest,
  { service, index, onAttached, ...options }: AttachOptions,
): Promise<AttachResult> {
  const found = await findReplica(context, request, { service, index })
  if (found.kind === 'invalid') return found
  const { engine } = context
  const { project, container } = found
  const signal = (name: string) => engine.kill(project, container.id, name)
  const end = await engine.containers.attach(project, container.id, {
    ...options,
    onAttached: () => onAttached(signal),
  })
  return { kind: 'ended', end }
}
