import { servicePath } from '../base/model-path.ts'
import type { ImageBuild } from '../model/build-event.ts'
import { imageLabel } from '../model/image-request.ts'
import {
  addBuildSteps,
  type BuildSurvey,
  type BuildTask,
  conflictingBuilds,
  withNeededBuilds,
} from './build-steps.ts'
import type { DesiredState } from './desired-state.ts'
import type { Plan } from './plan.ts'
import { notPushed } from './plan-push.ts'
import { type BuildOverrides, buildForAll, type ServiceBuild } from './service-build.ts'
import { StepList } from './step-list.ts'

/** How `build` builds. */
export interface BuildImagesOptions extends Pick<BuildSurvey, 'dockerfileImages'> {
  readonly overrides?: BuildOverrides | undefined
  /** Push the images of the selected services, too, if the file names them. @default false */
  readonly push?: boolean | undefined
}

/**
 * Plans to build the images of the selected services, and those that these are made from; nothing else changes. Whether
 * the machine can build for the platforms that the file lists is for `foreignBuilds`.
 */
export function planBuildImages(desired: DesiredState, options: BuildImagesOptions = {}): Plan {
  const { project, services, builds } = desired
  const { overrides = {}, dockerfileImages, push = false } = options
  const selected = services.flatMap(({ config: { name } }) => builds.get(name) ?? [])
  const tasks = selected.map((build): BuildTask => ({ build, cause: 'build' }))
  const steps = new StepList()
  const survey = { builds, dockerfileImages }
  const all = withNeededBuilds(tasks, survey)
  const toImageBuild = (build: ServiceBuild): ImageBuild => buildForAll(build, overrides)
  const ids = addBuildSteps(steps, all, { ...survey, toImageBuild })
  if (push) addPushSteps(steps, tasks, ids)
  const warnings = [...conflictingBuilds(all), ...(push ? unnamed(tasks) : [])]
  return { project, changes: [], steps: steps.steps, warnings }
}

/** Pushes each name of each image once. */
function addPushSteps(
  steps: StepList,
  tasks: readonly BuildTask[],
  byService: ReadonlyMap<string, number>,
): void {
  const pushed = new Set<string>()
  for (const { build } of tasks.filter(({ build: { isNamed } }) => isNamed)) {
    const { service, image, config } = build
    for (const reference of [image.reference, ...config.tags]) {
      const { platform } = image
      const label = imageLabel({ reference, platform })
      if (pushed.has(label)) continue
      pushed.add(label)
      steps.add(
        { kind: 'push-image', image: reference, ...(platform && { platform }) },
        { cause: '--push', origin: servicePath(service, 'image'), dependsOn: [byService.get(service) ?? 0] },
      )
    }
  }
}

function unnamed(tasks: readonly BuildTask[]): readonly string[] {
  return tasks.filter(({ build }) => !build.isNamed).map(({ build }) => notPushed(build.service))
}
