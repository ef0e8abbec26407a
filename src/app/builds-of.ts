import type { ImageBuild } from '../model/build-event.ts'
import type { Plan } from '../planner/plan.ts'

/** Returns what `plan` builds, in the order of its steps. */
export function buildsOf({ steps }: Plan): readonly ImageBuild[] {
  return steps.flatMap(({ action }) => (action.kind === 'build-image' ? [action.build] : []))
}
