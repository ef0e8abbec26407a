import { servicePath } from '../base/model-path.ts'
import { imageLabel } from '../model/image-request.ts'
import { compareText } from './canonical-json.ts'
import type { DesiredService, DesiredState } from './desired-state.ts'
import type { Plan } from './plan.ts'
import { StepList } from './step-list.ts'

export interface PushOptions {
  /**
   * Only images that are built, so that one which came from a registry is not pushed back to it by accident.
   *
   * @default every image
   */
  readonly builtOnly?: boolean | undefined
}

/**
 * Plans to push the images that the selected services run, each once, one that is built under all of its names; images
 * that they only mount stay, and nothing here changes. An image that is built and that the file does not name has no
 * name in a registry.
 */
export function planPush({ project, services }: DesiredState, { builtOnly = false }: PushOptions = {}): Plan {
  const steps = new StepList()
  const pushed = services.filter(({ build }) => (build === undefined ? !builtOnly : build.isNamed))
  const byLabel = Map.groupBy(pushed.flatMap(namesOf), ({ label }) => label)
  for (const [, [first]] of [...byLabel].sort(([a], [b]) => compareText(a, b))) {
    if (first === undefined) continue
    const { service, reference, platform } = first
    const action = { kind: 'push-image', image: reference, ...(platform && { platform }) } as const
    steps.add(action, { cause: 'push', origin: servicePath(service, 'image') })
  }
  const unnamed = services.filter(({ build }) => build?.isNamed === false).map(({ config }) => config.name)
  return { project, changes: [], steps: steps.steps, warnings: unnamed.map(notPushed) }
}

/** Returns the names of the image of a service: its own, and those that its build adds. */
function namesOf({ config, image: { reference, platform }, build }: DesiredService) {
  return [reference, ...(build?.config.tags ?? [])].map(name => ({
    service: config.name,
    reference: name,
    platform,
    label: imageLabel({ reference: name, platform }),
  }))
}

/** Says that the image of a service that the file does not name stays here. */
export function notPushed(service: string): string {
  return `The image of service ${service} is not pushed: the file does not name it; to push it, add "image" with its name in a registry`
}
