import type { Millis } from '../base/millis.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { Orphan } from '../engine/engine.ts'
import { imageLabel } from '../model/image-request.ts'
import type { ObservedState } from '../model/observed-state.ts'
import { planDown } from '../planner/index.ts'
import type { Plan } from '../planner/plan.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall, RunHooks } from './command-call.ts'
import { type FoundProject, findProject } from './find-project.ts'
import { orphanOptions } from './orphan-options.ts'
import { providerRunner } from './provider-runner.ts'
import {
  type ImageScope,
  type LeavingServices,
  removeServiceImages,
  serviceImages,
} from './remove-service-images.ts'
import { type RunResult, runPlan } from './run-plan.ts'

/** What `down` removes. */
export interface DownOptions {
  readonly services: readonly string[]
  readonly removeOrphans: boolean
  /** Remove named and anonymous volumes too. */
  readonly volumes: boolean
  readonly timeout: Millis | undefined
  /** Remove images of the services too. @default none */
  readonly images?: ImageScope | undefined
}

/** How `down` ended, and which images it removed, by label. */
export type DownResult = RunResult & { readonly removedImages?: readonly string[] }

/** Removes what runs for a project; works without its file where the request names it. */
export async function down(
  context: AppContext,
  { request, options, hooks }: CommandCall<DownOptions>,
): Promise<DownResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  const { project } = found
  let before: ObservedState | undefined
  const plan = (observed: ObservedState): Plan => {
    before = observed
    const orphans = orphanOptions(project, options.removeOrphans)
    return planDown(observed, { ...options, ...orphans, ...(project === undefined ? {} : { project }) })
  }
  try {
    const runProvider = providerRunner(context, { request, project })
    const result = await runPlan(context, { ...found, images: [], runProvider, plan }, hooks)
    if (options.images === undefined || before === undefined) return result
    const { services, images: scope } = options
    return await withoutImages(context, { result, hooks }, { project, observed: before, services, scope })
  } catch (error) {
    const isWhole = options.services.length === 0
    if (!(isWhole && error instanceof TcomposeError && error.code === 'state-corrupt')) throw error
    return await clearDamaged(context, found, hooks)
  }
}

/** Images go once nothing of the project needs them; where something could not be removed they stay. */
async function withoutImages(
  { engine }: AppContext,
  { result, hooks }: { readonly result: RunResult; readonly hooks: RunHooks },
  leaving: LeavingServices,
): Promise<DownResult> {
  if (result.kind !== 'ran') return result
  if ([...result.report.outcomes.values()].some(({ kind }) => kind !== 'done')) return result
  const images = serviceImages(leaving)
  if (hooks.isDryRun) return { ...result, removedImages: images.map(imageLabel) }
  const { removed, warnings } = await removeServiceImages(engine, images)
  const plan = { ...result.plan, warnings: [...result.plan.warnings, ...warnings] }
  return { ...result, plan, removedImages: removed }
}

/**
 * Takes down a project whose record is damaged: what is found by name. Volumes stay, since it is unknown which are the
 * project's own.
 *
 * @throws {TcomposeError} `state-corrupt` if something could not be removed.
 */
async function clearDamaged(
  { engine }: AppContext,
  { name, origins, diagnostics }: FoundProject,
  hooks: RunHooks,
): Promise<RunResult> {
  await using _lock = await engine.lock(name, hooks)
  const { orphans, aside } = await engine.clear(name)
  const left = orphans.filter(({ removed }) => !removed)
  if (aside === undefined) throw notCleared(name, left)
  const removed = orphans.map(({ name: orphan }) => orphan)
  const plan: Plan = {
    project: name,
    changes: [],
    steps: [],
    warnings: [
      `The record of project ${name} is damaged; it was moved to "${aside}"`,
      ...(removed.length > 0 ? [`Removed by project name: ${removed.join(', ')}`] : []),
      'Volumes were kept: which of them belong to the project is unknown',
    ],
  }
  hooks.onPlan(plan)
  return { kind: 'ran', project: name, plan, report: { outcomes: new Map() }, origins, diagnostics }
}

function notCleared(name: string, left: readonly Orphan[]): TcomposeError {
  const what = left.map(({ name: orphan }) => orphan).join(', ')
  return new TcomposeError('state-corrupt', `Cannot take down project ${name}: ${what} cannot be removed`, {
    hint: 'Run "tcompose down" again; "tcompose doctor" shows what is left',
  })
}
