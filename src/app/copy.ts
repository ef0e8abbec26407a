import type { Diagnostic } from '../base/diagnostic.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { FileCopy, LockOptions } from '../engine/engine.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireContainer } from './require-container.ts'
import { requireRoot } from './run-plan.ts'

/** What is copied, and with which containers of a service. */
export interface CopyOptions {
  readonly service: string
  /** Counts from 1. @default the first one to copy from, each to copy to */
  readonly index: number | undefined
  readonly copy: FileCopy
  /** Containers that `run` has made count too. @default false */
  readonly withOneOffs?: boolean
  /** Nothing is copied. @default false */
  readonly isDryRun?: boolean
  readonly lock: LockOptions
  readonly onCopied: (container: string) => void
}

/** How a copy ended. */
export type CopyResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'copied' }

/**
 * Copies a file or a tree out of a container of a service, or into all of them.
 *
 * @throws {TcomposeError} `container-not-running` if the service has none, `copy`.
 */
export async function copy(
  context: AppContext,
  request: ProjectRequest,
  options: CopyOptions,
): Promise<CopyResult> {
  const found = await findProject(context, request, [options.service])
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { engine } = context
  const copied = withAbsolutePaths(options.copy, context.workingDirectory)
  for (const { id, name } of targetsOf(await engine.observe(found.name, []), options)) {
    const stillness = { context, project: found.name, lock: options.lock }
    if (!options.isDryRun) {
      await withStillContainer(stillness, id, () => engine.containers.copy(found.name, id, copied))
    }
    options.onCopied(name)
  }
  return { kind: 'copied' }
}

/** How to keep a container from being started. */
export interface Stillness {
  readonly context: AppContext
  readonly project: ProjectName
  readonly lock: LockOptions
}

/** Does `work` with a container; if it does not run, under the lock of its project, so that no command starts it meanwhile. */
export async function withStillContainer<T>(
  { context: { engine }, project, lock }: Stillness,
  id: ObservedContainer['id'],
  work: () => Promise<T>,
): Promise<T> {
  const { containers, oneOffs = [] } = await engine.observe(project, [])
  if ([...containers, ...oneOffs].find(container => container.id === id)?.state.kind === 'running')
    return await work()
  await using _lock = await engine.lock(project, lock)
  return await work()
}

/** What the end of a path means is not lost by this. */
function withAbsolutePaths({ from, to, ...rest }: FileCopy, folder: string): FileCopy {
  return { ...rest, from: absolute(from, folder), to: absolute(to, folder) }
}

function absolute<End extends FileCopy['from'] | FileCopy['to']>(end: End, folder: string): End {
  return end.kind === 'host' && !end.path.startsWith('/') ? { ...end, path: `${folder}/${end.path}` } : end
}

function targetsOf(
  { containers, oneOffs = [] }: ObservedState,
  { service, index, copy: { from }, withOneOffs = false }: CopyOptions,
): readonly ObservedContainer[] {
  if (index !== undefined) return [requireContainer(containers, { service, number: index })]
  const replicas = containers.toSorted((a, b) => a.number - b.number)
  const own = [...replicas, ...(withOneOffs ? oneOffs : [])].filter(
    container => container.service === service && container.state.kind !== 'incomplete',
  )
  if (own.length === 0) {
    throw new TcomposeError(
      'container-not-running',
      `Cannot copy files: service "${service}" has no container`,
      { hint: `Run "tcompose up -d ${service}" or "tcompose up --no-start ${service}" first` },
    )
  }
  return from.kind === 'container' ? own.slice(0, 1) : own
}
