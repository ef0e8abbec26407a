import type { Checked } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import type { StageNode } from './stage-node.ts'

/** Returns the index of the stage to build: that of the name `target` in any case, or the last one. */
export function findTarget(nodes: readonly StageNode[], target: string | undefined): Checked<number> {
  const wanted = target?.toLowerCase() ?? ''
  const found = wanted === '' ? nodes.at(-1) : nodes.findLast(({ name }) => name === wanted)
  if (found !== undefined) return { value: found.index, diagnostics: [] }
  const names = nodes.flatMap(({ name }) => name ?? [])
  const hint = names.length === 0 ? 'name a stage: FROM ... AS name' : suggestOneOf(wanted, names)
  return {
    value: undefined,
    diagnostics: [
      {
        severity: 'error',
        code: 'dockerfile',
        message: `Cannot build target "${target}": the Dockerfile has no stage of that name`,
        ...(hint !== undefined && { hint }),
      },
    ],
  }
}
