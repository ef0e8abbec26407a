import { isUnreadable } from '../base/is-unreadable.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import { planResume } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import type { ProjectRequest } from './project-request.ts'
import { runOnExisting } from './run-on-existing.ts'
import { type RunResult, requireRoot } from './run-plan.ts'

/** A project of which something is to run that does not, or of which that cannot be known. */
export type ResumableProject =
  | { readonly kind: 'resumable'; readonly name: ProjectName; readonly request: ProjectRequest }
  | { readonly kind: 'unreadable'; readonly name: ProjectName; readonly error: TcomposeError }

/** Which projects to look at. */
export interface ResumableOptions {
  /** Empty is all. */
  readonly names: readonly string[]
}

/**
 * Returns the projects of which a reboot has ended what is to run, in the order of their names.
 *
 * @throws {TcomposeError} `not-root`; `undefined-reference` if one that is named has nothing on record.
 */
export async function findResumable(
  context: AppContext,
  request: ProjectRequest,
  { names }: ResumableOptions,
): Promise<readonly ResumableProject[]> {
  requireRoot(context)
  const known = await context.engine.projects()
  const unknown = names.find(name => !known.some(other => other === name))
  if (unknown !== undefined) throw notFound(unknown, known)
  const wanted = names.length === 0 ? known : known.filter(name => names.includes(name))
  const found = await Promise.all(wanted.toSorted().map(name => lookAt(context, request, name)))
  return found.flat()
}

async function lookAt(
  { engine }: AppContext,
  request: ProjectRequest,
  name: ProjectName,
): Promise<readonly ResumableProject[]> {
  try {
    const observed = await engine.observe(name, [])
    if (planResume(observed).steps.length === 0) return []
    return [{ kind: 'resumable', name, request: { ...request, projectName: name, ...filesOf(observed) } }]
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return [{ kind: 'unreadable', name, error }]
  }
}

/** The file is read for secrets and configs alone: everything else is on record. */
function filesOf({ containers, source }: ObservedState): Partial<ProjectRequest> {
  const needsFiles = containers.some(({ spec }) => (spec?.config.files ?? []).length > 0)
  if (!needsFiles || source === undefined) return { files: [] }
  return { files: source.files, projectDirectory: source.workingDir }
}

function notFound(name: string, known: readonly ProjectName[]): TcomposeError {
  return new TcomposeError(
    'undefined-reference',
    `Cannot resume project "${name}": it has nothing on record`,
    {
      hint: known.length === 0 ? 'No project has' : `Projects: ${known.toSorted().join(', ')}`,
    },
  )
}

/** Starts what is to run of the project of `request` and does not; its file is not needed but for secrets. */
export function resume(
  context: AppContext,
  { request, hooks }: Omit<CommandCall<unknown>, 'options'>,
): Promise<RunResult> {
  const options = { services: [], timeout: undefined }
  return runOnExisting(context, { request, hooks, options }, planResume)
}
