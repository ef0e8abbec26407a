import type { BuildGraph } from '../../../planner/build/build-graph.ts'
import type { RememberedStep } from './build-memory.ts'
import { hashedDefinition } from './hashed-definition.ts'
import type { StepState } from './step-result.ts'

/** Returns what the steps of a build that is done were made from. */
export async function rememberSteps(
  { steps }: BuildGraph,
  states: ReadonlyMap<number, StepState>,
): Promise<readonly RememberedStep[]> {
  const remembered = await Promise.all(
    steps.map(async ({ id, stage, position, operation }) => {
      const state = states.get(id)
      if (state === undefined) return []
      const { contents, reads, parent } = state
      const { diffId } = await state.made()
      return [{ stage, position, definition: hashedDefinition(operation), contents, reads, parent, diffId }]
    }),
  )
  return remembered.flat()
}
