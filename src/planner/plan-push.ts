import { servicePath } from '../base/model-path.ts'
import { imageLabel } from '../model/image-request.ts'
import { compareText } from './canonical-json.ts'
import type { DesiredState } from './desired-state.ts'
import type { Plan } from './plan.ts'
import { StepList } from './step-list.ts'

/**
 * Plans to push the images that the selected services run, each once; images that they only mount
 * stay, and nothing here changes.
 */
export function planPush({ project, services }: DesiredState): Plan {
  const steps = new StepList()
  const byImage = Map.groupBy(services, ({ image }) => imageLabel(image))
  for (const [, [first]] of [...byImage].sort(([a], [b]) => compareText(a, b))) {
    if (first === undefined) continue
    const { reference, platform } = first.image
    const action = { kind: 'push-image', image: reference, ...(platform && { platform }) } as const
    steps.add(action, { cause: 'push', origin: servicePath(first.config.name, 'image') })
  }
  return { project, changes: [], steps: steps.steps, warnings: [] }
}
