import { isAboutImages } from '../../../planner/image-action.ts'
import type { Plan } from '../../../planner/plan.ts'
import { openLease } from '../../../store/lease.ts'
import type { ExecuteOptions, ExecutionReport } from '../../engine.ts'
import type { DockerfileReader } from '../build/dockerfile-reader.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import { keepNeeded } from '../image/keep-needed.ts'
import type { KnownImages } from '../image/known-images.ts'
import type { Roots } from '../state/layout.ts'
import { applyPlan } from './apply-plan.ts'
import { runImageStep } from './image-step.ts'
import { PlanBuilds } from './plan-builds.ts'

/** A plan about images alone, to be carried out. */
export interface ImagePlanExecution {
  readonly roots: Roots
  readonly programs: EnginePrograms
  readonly dockerfiles: DockerfileReader
  readonly images: KnownImages
  readonly plan: Plan
  readonly options: ExecuteOptions
  /** All that the plan counts on is kept by a lease. */
  readonly onKept: () => void
}

/** Carries out a plan all of whose steps are about images: a part of the engine that loads none of the rest. */
export async function applyImagePlan({
  roots,
  programs,
  dockerfiles,
  images,
  plan,
  options,
  onKept,
}: ImagePlanExecution): Promise<ExecutionReport> {
  using lease = openLease(roots)
  await keepNeeded(images, plan, lease)
  onKept()
  await using builds = new PlanBuilds({ roots, programs, dockerfiles, lease, options })
  return await applyPlan(
    plan,
    async step => {
      if (!isAboutImages(step.action)) throw new Error(`Step ${step.id} is not about an image`)
      await runImageStep(step, step.action, { roots, images, options, lease, builds })
    },
    options,
  )
}
