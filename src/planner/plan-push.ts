import { compareText } from './canonical-json.ts'
import type { DesiredState } from './desired-state.ts'
import type { Plan } from './plan.ts'
import { StepList } from './step-list.ts'

/** Plans to give the images of the selected services to their registries, each once; nothing here changes. */
export function planPush({ project, services }: DesiredState): Plan {
  const steps = new StepList()
  const byImage = Map.groupBy(services, service => service.config.image)
  for (const [image, users] of [...byImage].sort(([a], [b]) => compareText(a, b))) {
    const origin = `services.${users[0]?.config.name}.image`
    steps.add({ kind: 'push-image', image }, { cause: 'push', origin })
  }
  return { project, steps: steps.steps, warnings: [] }
}
