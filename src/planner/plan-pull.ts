import type { ObservedImage, ObservedState } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import type { DesiredState } from './desired-state.ts'
import type { Plan } from './plan.ts'
import { StepList } from './step-list.ts'

export interface PullOptions {
  /** `always` asks the sources of images that are there, too. */
  readonly policy: 'always' | 'missing'
}

/** Plans to get the images of the selected services, each once; nothing else changes. */
export function planPull(
  { project, services }: DesiredState,
  observed: ObservedState,
  { policy }: PullOptions,
): Plan {
  const steps = new StepList()
  const byImage = Map.groupBy(services, service => service.config.image)
  for (const [image, users] of [...byImage].sort(([a], [b]) => compareText(a, b))) {
    const isMissing = !isReady(observed.images.get(image))
    if (policy === 'missing' && !isMissing) continue
    const again = policy === 'always' ? { again: true as const } : {}
    const origin = `services.${users[0]?.config.name}.image`
    steps.add({ kind: 'fetch-image', image, ...again }, { cause: isMissing ? 'not found' : 'pull', origin })
  }
  return { project, steps: steps.steps, warnings: [] }
}

function isReady(image: ObservedImage | undefined): boolean {
  return image?.kind === 'present' && image.unpacked
}
