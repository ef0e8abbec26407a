import { servicePath } from '../base/model-path.ts'
import type { ImageBuild } from '../model/build-event.ts'
import type { Project } from '../model/project.ts'
import { dependencyOrder } from '../planner/graph.ts'
import type { Plan } from '../planner/plan.ts'
import { StepList } from '../planner/step-list.ts'

export interface BuildPlanRequest {
  readonly project: Project
  readonly builds: readonly ImageBuild[]
  /** The images that each Dockerfile names, by service. */
  readonly images: ReadonlyMap<string, readonly string[]>
  /** Push the images that the file names. */
  readonly push: boolean
}

/** Plans builds, each behind those whose image it starts from or reads. */
export function buildPlan({ project, builds, images, push }: BuildPlanRequest): Plan {
  const steps = new StepList()
  const byService = new Map(builds.map(build => [build.service, build]))
  const makers = new Map(builds.map(build => [build.image, build.service]))
  const needs = (service: string): readonly string[] => {
    const contexts = [...(byService.get(service)?.config.additionalContexts.values() ?? [])]
    const services = contexts.flatMap(context => (context.kind === 'service' ? [context.service] : []))
    const bases = (images.get(service) ?? []).flatMap(image => makers.get(image) ?? [])
    return [...services, ...bases].filter(name => name !== service)
  }
  const built = new Map<string, number>()
  for (const service of dependencyOrder(byService.keys(), needs)) {
    const build = byService.get(service)
    if (build === undefined) continue
    const dependsOn = needs(service).flatMap(name => built.get(name) ?? [])
    const origin = servicePath(service, 'build')
    built.set(service, steps.add({ kind: 'build-image', build }, { cause: 'build', dependsOn, origin }))
  }
  for (const build of push ? builds : []) addPush(steps, project, { build, after: built.get(build.service) })
  return { project: project.name, changes: [], steps: steps.steps, warnings: [] }
}

function addPush(
  steps: StepList,
  { origins }: Project,
  { build, after }: { readonly build: ImageBuild; readonly after: number | undefined },
): void {
  const { service, image, platform } = build
  const origin = servicePath(service, 'image')
  if (origins.get(origin) === undefined) return
  const action = { kind: 'push-image', image, ...(platform && { platform }) } as const
  steps.add(action, { cause: 'push', dependsOn: after === undefined ? [] : [after], origin })
}
